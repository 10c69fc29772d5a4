import Tensors

/// One `.safetensors` file: eight bytes of header length, a JSON header, the data.
///
/// https://huggingface.co/docs/safetensors/index#format
package final class SafetensorsFile: MappedTensorSource {
    let file: MappedFile
    package let tensors: [String: TensorInfo]
    /// The header's `__metadata__`.
    package let metadata: [String: String]

    /// Longest header that the reference implementation reads.
    private static let maximumHeaderBytes = 100_000_000

    /// - Throws: `ModelFilesError.missing`; `.malformed` where a length, shape or offset does not fit the file, tensors
    ///   overlap or leave gaps; `.unsupported` for an element type that lorad does not read.
    package init(path: String) throws {
        file = try MappedFile(path: path)
        let lengthBytes = 8
        let declared = try file.withBytes(in: 0..<lengthBytes) { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard declared <= UInt64(Self.maximumHeaderBytes), Int(declared) <= file.size - lengthBytes else {
            throw ModelFilesError(
                .malformed, "\(path) announces a header of \(declared) bytes in a file of \(file.size).",
                advice: "The file is damaged, cut short or no safetensors file; fetch it again.")
        }
        let dataStart = lengthBytes + Int(declared)
        let header = try file.withBytes(in: lengthBytes..<dataStart) { try JSONReader.parse($0, name: path) }
        guard let object = header.objectValue else {
            throw ModelFilesError(.malformed, "The header of \(path) is \(header.kind), not an object.")
        }
        metadata = try Self.metadata(object, path: path)
        var tensors: [String: TensorInfo] = [:]
        for (name, value) in object.members where name != "__metadata__" {
            tensors[name] = try Self.tensor(name, value, dataStart: dataStart, file: file)
        }
        try Self.checkCoverage(tensors, dataStart: dataStart, file: file)
        self.tensors = tensors
    }

    private static func metadata(_ header: JSONObject, path: String) throws -> [String: String] {
        guard let value = header["__metadata__"] else { return [:] }
        var metadata: [String: String] = [:]
        for (key, value) in value.objectValue?.members ?? [] {
            guard let text = value.stringValue else {
                throw ModelFilesError(.malformed, "The metadata \(quoted(key)) of \(path) is \(value.kind), not a string.")
            }
            metadata[key] = text
        }
        return metadata
    }

    private static func tensor(_ name: String, _ value: JSONValue, dataStart: Int, file: MappedFile) throws -> TensorInfo {
        let shape = value["shape"]?.arrayValue?.map(\.intValue)
        let offsets = value["data_offsets"]?.arrayValue?.map(\.intValue)
        guard let type = value["dtype"]?.stringValue, let shape, let offsets, offsets.count == 2,
            let first = offsets[0], let last = offsets[1], !shape.contains(nil)
        else {
            throw ModelFilesError(
                .malformed, "The tensor \(quoted(name)) of \(file.path) lacks a dtype, a shape or two data_offsets.")
        }
        guard let dtype = [FileDType.f32, .f16, .bf16].first(where: { $0.rawValue == type.lowercased() }) else {
            throw ModelFilesError(
                .unsupported, "The tensor \(quoted(name)) of \(file.path) holds elements of type \(quoted(type)).",
                advice: "lorad reads F32, F16 and BF16.")
        }
        let dimensions = shape.compactMap { $0 }
        guard first >= 0, last >= first, last <= file.size - dataStart,
            TensorInfo.byteCount(shape: dimensions, dtype: dtype) == last - first
        else {
            throw ModelFilesError(
                .malformed,
                "The tensor \(quoted(name)) of \(file.path), \(type) of shape \(dimensions), does not fit bytes \(first) to \(last) of \(file.size - dataStart)."
            )
        }
        return TensorInfo(name: name, dtype: dtype, shape: dimensions, range: (dataStart + first)..<(dataStart + last))
    }

    /// Tensors follow one another without overlap or gap, up to the end of the file.
    private static func checkCoverage(_ tensors: [String: TensorInfo], dataStart: Int, file: MappedFile) throws {
        var end = dataStart
        for tensor in tensors.values.sorted(by: { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }) {
            guard tensor.range.lowerBound == end else {
                throw ModelFilesError(
                    .malformed,
                    "The tensor \(quoted(tensor.name)) of \(file.path) starts at byte \(tensor.range.lowerBound), not at \(end) where the one before ends."
                )
            }
            end = tensor.range.upperBound
        }
        guard end == file.size else {
            throw ModelFilesError(.malformed, "\(file.path) is \(file.size) bytes long, but its tensors end at \(end).")
        }
    }
}

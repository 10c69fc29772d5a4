/// The header of a `.safetensors` file, every number of it checked against the file.
///
/// https://huggingface.co/docs/safetensors/index#format
struct SafetensorsHeader {
    let tensors: [String: TensorInfo]
    let metadata: [String: String]

    private let path: String
    private let dataStart: Int
    private let dataBytes: Int

    /// Longest header that the reference implementation reads.
    static let maximumBytes = 100_000_000
    private static let lengthBytes = 8
    private static let metadataKey = "__metadata__"
    private static let dtypes: Set<FileDType> = [
        .f32, .f16, .bf16, .bool, .i8, .u8, .i16, .u16, .i32, .u32, .i64, .u64, .f64, .c64, .f8e4m3, .f8e5m2, .f8e8m0,
    ]

    /// - Throws: `ModelFilesError.malformed` where a length, shape or offset does not fit the file, or tensors overlap or
    ///   leave gaps; `.unsupported` for an element type of unknown size.
    init(of file: MappedFile) throws {
        path = file.path
        let length = try Self.length(of: file)
        dataStart = Self.lengthBytes + length
        dataBytes = file.size - dataStart
        let header = try file.withBytes(in: Self.lengthBytes..<dataStart) { bytes in
            guard bytes.first == UInt8(ascii: "{") else {
                throw ModelFilesError(
                    .malformed, "The header of \(file.path) does not start with '{'.",
                    advice: "The file is damaged or no safetensors file; fetch it again.")
            }
            return try JSONReader.parse(bytes, name: "The header of \(file.path)")
        }
        let members = header.objectValue?.members ?? []
        metadata = try Self.metadata(header[Self.metadataKey], path: path)
        var tensors: [String: TensorInfo] = [:]
        for (name, value) in members where name != Self.metadataKey {
            let info = try Self.tensor(name, value, path: path, dataStart: dataStart, dataBytes: dataBytes)
            guard tensors.updateValue(info, forKey: name) == nil else {
                throw ModelFilesError(
                    .malformed, "\(path) names two tensors \(quoted(name)) in different Unicode spellings.")
            }
        }
        self.tensors = tensors
        try checkCoverage()
    }

    private static func length(of file: MappedFile) throws -> Int {
        guard file.size >= lengthBytes else {
            throw ModelFilesError(
                .malformed, "\(file.path) is \(file.size) bytes long; a safetensors file has at least \(lengthBytes).",
                advice: "The file is cut short; fetch it again.")
        }
        let declared = try file.withBytes(in: 0..<lengthBytes) {
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
        }
        guard declared <= UInt64(maximumBytes), declared <= UInt64(file.size - lengthBytes) else {
            let room = min(maximumBytes, file.size - lengthBytes)
            throw ModelFilesError(
                .malformed, "\(file.path) announces a header of \(declared) bytes; at most \(room) are possible.",
                advice: "The file is damaged, cut short or no safetensors file; fetch it again.")
        }
        return Int(declared)
    }

    private static func metadata(_ value: JSONValue?, path: String) throws -> [String: String] {
        guard let value else { return [:] }
        guard let members = value.objectValue?.members else {
            throw ModelFilesError(.malformed, "The \(metadataKey) of \(path) is \(value.kind), not an object.")
        }
        var metadata: [String: String] = [:]
        for (key, value) in members {
            guard let text = value.stringValue else {
                throw ModelFilesError(
                    .malformed, "The metadata \(quoted(key)) of \(path) is \(value.kind), not a string.")
            }
            metadata[key] = text
        }
        return metadata
    }

    private static func tensor(
        _ name: String, _ value: JSONValue, path: String, dataStart: Int, dataBytes: Int
    ) throws -> TensorInfo {
        guard let type = value["dtype"]?.stringValue, let shape = integers(value["shape"]),
            let offsets = integers(value["data_offsets"]), offsets.count == 2
        else {
            throw ModelFilesError(
                .malformed,
                "The tensor \(quoted(name)) of \(path) lacks a dtype, a shape of integers or two data_offsets.")
        }
        guard let dtype = FileDType(rawValue: type), dtypes.contains(dtype) else {
            throw ModelFilesError(
                .unsupported,
                "The tensor \(quoted(name)) of \(path) holds elements of the unknown type \(quoted(type)).",
                advice: "lorad reads F32, F16 and BF16.")
        }
        let (first, last) = (offsets[0], offsets[1])
        guard first >= 0, first <= last, last <= dataBytes,
            let info = TensorInfo(name: name, dtype: dtype, shape: shape, start: dataStart + first),
            info.range.upperBound == dataStart + last
        else {
            throw ModelFilesError(
                .malformed,
                "The tensor \(quoted(name)) of \(path), \(type) of shape \(shape), does not fit bytes \(first) to \(last) "
                    + "of \(dataBytes).")
        }
        return info
    }

    private static func integers(_ value: JSONValue?) -> [Int]? {
        guard let elements = value?.arrayValue else { return nil }
        let integers = elements.compactMap(\.intValue)
        return integers.count == elements.count ? integers : nil
    }

    /// Tensors follow one another without overlap or gap, up to the end of the file.
    private func checkCoverage() throws {
        var end = dataStart
        let inOrder = tensors.values.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        for tensor in inOrder {
            guard tensor.range.lowerBound == end else {
                throw ModelFilesError(
                    .malformed,
                    "The tensor \(quoted(tensor.name)) of \(path) starts at byte \(tensor.range.lowerBound) of the file, "
                        + "not at \(end) where the one before it ends.")
            }
            end = tensor.range.upperBound
        }
        guard end == dataStart + dataBytes else {
            throw ModelFilesError(
                .malformed, "\(path) is \(dataStart + dataBytes) bytes long, but its tensors end at \(end).")
        }
    }
}

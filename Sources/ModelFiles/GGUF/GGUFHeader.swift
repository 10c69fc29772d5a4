/// The header of a GGUF file of version 3, or 2, which reads alike: metadata and tensor descriptions.
///
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
struct GGUFHeader {
    static let magic: UInt32 = 0x4655_4747
    static let defaultAlignment = 32

    private(set) var metadata: [String: GGUFValue] = [:]
    private(set) var tensors: [String: TensorInfo] = [:]

    private struct Description {
        let name: String
        let dtype: FileDType
        let shape: [Int]
        let offset: UInt64
    }

    /// - Throws: `ModelFilesError.malformed` where a count, length or offset does not fit the file or tensors overlap;
    ///   `.unsupported` for another version or an element type of unknown size.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
        var reader = GGUFReader(bytes, path: path)
        guard try reader.integer(UInt32.self) == Self.magic else { throw reader.error("does not start with 'GGUF'") }
        try Self.checkVersion(try reader.integer(UInt32.self), path: path)
        // A tensor's description takes 24 bytes at least, a metadata entry 13.
        let tensorCount = try reader.count(bytesEach: 24)
        let metadataCount = try reader.count(bytesEach: 13)
        for _ in 0..<metadataCount {
            let key = try reader.string()
            guard metadata.updateValue(try reader.value(try reader.valueType()), forKey: key) == nil else {
                throw reader.error("gives the metadata \(quoted(key)) twice")
            }
        }
        var descriptions: [Description] = []
        for _ in 0..<tensorCount { descriptions.append(try Self.description(&reader)) }
        try place(descriptions, after: reader)
    }

    private static func checkVersion(_ version: UInt32, path: String) throws {
        guard version != 2, version != 3 else { return }
        let isSwapped = version.byteSwapped == 2 || version.byteSwapped == 3
        throw ModelFilesError(
            .unsupported,
            isSwapped
                ? "\(path) is a GGUF of a big-endian machine."
                : "\(path) is GGUF version \(version); lorad reads 2 and 3.")
    }

    private static func description(_ reader: inout GGUFReader) throws -> Description {
        let name = try reader.string()
        let dimensions = try reader.integer(UInt32.self)
        guard dimensions <= 4 else { throw reader.error("gives the tensor \(quoted(name)) \(dimensions) dimensions") }
        var shape: [Int] = []
        for _ in 0..<dimensions {
            let size = try reader.integer(UInt64.self)
            guard let size = Int(exactly: size) else {
                throw reader.error("gives the tensor \(quoted(name)) a dimension of \(size)")
            }
            shape.insert(size, at: 0)
        }
        let number = try reader.integer(UInt32.self)
        guard let dtype = GGUFTensorTypes.dtype(number) else {
            throw ModelFilesError(
                .unsupported,
                "The tensor \(quoted(name)) of \(reader.path) holds elements of the unknown ggml type \(number).",
                advice: "lorad reads \(FileDType.readableNames).")
        }
        return Description(name: name, dtype: dtype, shape: shape, offset: try reader.integer(UInt64.self))
    }

    /// Turns offsets into ranges of the file.
    private mutating func place(_ descriptions: [Description], after reader: GGUFReader) throws {
        let alignment = metadata["general.alignment"].map(\.intValue) ?? Self.defaultAlignment
        guard let alignment, alignment > 0, alignment <= 1 << 20, alignment & (alignment - 1) == 0 else {
            throw reader.error("has a general.alignment that is no power of two up to 1048576")
        }
        let size = reader.bytes.count
        let dataStart = (reader.position + alignment - 1) / alignment * alignment
        for tensor in descriptions {
            guard tensor.offset % UInt64(alignment) == 0 else {
                throw reader.error(
                    "places the tensor \(quoted(tensor.name)) at \(tensor.offset), not aligned to \(alignment)")
            }
            guard dataStart <= size, tensor.offset <= UInt64(size - dataStart),
                let info = TensorInfo(
                    name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, start: dataStart + Int(tensor.offset)),
                info.range.upperBound <= size
            else {
                throw reader.error(
                    "cannot hold the tensor \(quoted(tensor.name)), \(tensor.dtype.rawValue) of shape \(tensor.shape) at "
                        + "offset \(tensor.offset), in its \(size) bytes")
            }
            guard tensors.updateValue(info, forKey: tensor.name) == nil else {
                throw reader.error("holds the tensor \(quoted(tensor.name)) twice")
            }
        }
        try checkOverlaps(reader)
    }

    private func checkOverlaps(_ reader: GGUFReader) throws {
        let inOrder = tensors.values.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        for (tensor, next) in zip(inOrder, inOrder.dropFirst()) where tensor.range.upperBound > next.range.lowerBound {
            throw reader.error("stores the tensors \(quoted(tensor.name)) and \(quoted(next.name)) in the same bytes")
        }
    }
}

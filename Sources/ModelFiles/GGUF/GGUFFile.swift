import Foundation
import Tensors

/// A GGUF file of version 3 (or 2, which reads alike): metadata, tensor descriptions, aligned data.
///
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
package final class GGUFFile: MappedTensorSource {
    let file: MappedFile
    package let tensors: [String: TensorInfo]
    package let metadata: [String: GGUFValue]

    /// ggml's type numbers of what lorad reads.
    private static let dtypes: [UInt32: FileDType] = [0: .f32, 1: .f16, 2: .q4_0, 3: .q4_1, 8: .q8_0, 30: .bf16]

    /// - Throws: `ModelFilesError.missing`; `.malformed` where a count, length or offset does not fit the file;
    ///   `.unsupported` for another version or an element type that lorad does not read.
    package init(path: String) throws {
        let file = try MappedFile(path: path)
        self.file = file
        (metadata, tensors) = try file.withBytes { bytes in
            var reader = GGUFReader(bytes, path: path)
            guard try reader.integer(UInt32.self) == 0x4655_4747 else { throw reader.error("does not start with 'GGUF'") }
            let version = try reader.integer(UInt32.self)
            guard version == 2 || version == 3 else {
                throw ModelFilesError(.unsupported, "\(path) is GGUF version \(version); lorad reads 2 and 3.")
            }
            let tensorCount = try reader.count(bytesEach: 24)
            let metadataCount = try reader.count(bytesEach: 13)
            let metadata = try Self.metadata(metadataCount, &reader)
            let tensors = try Self.tensors(tensorCount, metadata, &reader, size: bytes.count)
            return (metadata, tensors)
        }
    }

    private static func metadata(_ count: Int, _ reader: inout GGUFReader) throws -> [String: GGUFValue] {
        var metadata: [String: GGUFValue] = [:]
        for _ in 0..<count {
            let key = try reader.string()
            let type = try reader.integer(UInt32.self)
            guard metadata.updateValue(try reader.value(type: type), forKey: key) == nil else {
                throw reader.error("gives the metadata \(quoted(key)) twice")
            }
        }
        return metadata
    }

    private struct Description {
        let name: String
        let dtype: FileDType
        let shape: [Int]
        let offset: Int
        let bytes: Int
    }

    private static func tensors(
        _ count: Int, _ metadata: [String: GGUFValue], _ reader: inout GGUFReader, size: Int
    ) throws -> [String: TensorInfo] {
        let alignment = metadata["general.alignment"]?.intValue ?? 32
        guard alignment > 0, alignment <= 1 << 20 else { throw reader.error("has an alignment of \(alignment)") }
        let descriptions = try (0..<count).map { _ in try description(&reader) }
        let dataStart = (reader.position + alignment - 1) / alignment * alignment
        var tensors: [String: TensorInfo] = [:]
        for tensor in descriptions {
            guard tensor.offset % alignment == 0, dataStart <= size, tensor.offset <= size - dataStart,
                tensor.bytes <= size - dataStart - tensor.offset
            else {
                throw reader.error("places the tensor \(quoted(tensor.name)) outside its \(size) bytes")
            }
            let start = dataStart + tensor.offset
            let info = TensorInfo(
                name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, range: start..<(start + tensor.bytes))
            guard tensors.updateValue(info, forKey: tensor.name) == nil else {
                throw reader.error("holds the tensor \(quoted(tensor.name)) twice")
            }
        }
        return tensors
    }

    private static func description(_ reader: inout GGUFReader) throws -> Description {
        let name = try reader.string()
        let dimensionCount = try reader.integer(UInt32.self)
        guard dimensionCount <= 4 else { throw reader.error("gives the tensor \(quoted(name)) \(dimensionCount) dimensions") }
        let shape = try (0..<dimensionCount).map { _ in Int(clamping: try reader.integer(UInt64.self)) }
        let type = try reader.integer(UInt32.self)
        guard let dtype = dtypes[type] else {
            throw ModelFilesError(
                .unsupported, "The tensor \(quoted(name)) holds elements of ggml type \(type).",
                advice: "lorad reads \(FileDType.allCases.map { $0.rawValue.uppercased() }.joined(separator: ", ")).")
        }
        let offset = Int(clamping: try reader.integer(UInt64.self))
        let rowMajor = Array(shape.reversed())
        guard let bytes = TensorInfo.byteCount(shape: rowMajor, dtype: dtype) else {
            throw reader.error("gives the tensor \(quoted(name)) the impossible shape \(rowMajor)")
        }
        return Description(name: name, dtype: dtype, shape: rowMajor, offset: offset, bytes: bytes)
    }
}

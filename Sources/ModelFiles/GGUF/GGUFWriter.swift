import Common
import Foundation
import Tensors

/// Writes GGUF files of version 3 whose bytes depend on nothing but their content.
///
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
package enum GGUFWriter {
    /// A tensor and the type to store it in: one that lorad writes, or the one that its bytes are in already.
    package typealias Tensor = (entry: TensorEntry, dtype: FileDType)

    /// Writes metadata and tensors in the order given: beside, flushed to disk, then renamed into place.
    ///
    /// - Throws: `SystemError.unwritable`; `ModelFilesError.unsupported` for another dtype or a value that it cannot
    ///   hold; `.mismatch` where a name is given twice, a row is no whole number of blocks, or a matrix does not have
    ///   the elements of its shape.
    package static func write(
        metadata: [(key: String, value: GGUFValue)], tensors: [Tensor], to path: String
    ) throws {
        let header = try header(metadata, tensors, path: path)
        try AtomicFile.write(to: path) { output in
            try header.withUnsafeBytes { try output.write($0) }
            try output.pad(to: GGUFHeader.defaultAlignment)
            for (entry, dtype) in tensors {
                try entry.write(as: dtype, to: output, path: path)
                try output.pad(to: GGUFHeader.defaultAlignment)
            }
        }
    }

    private static func header(
        _ metadata: [(key: String, value: GGUFValue)], _ tensors: [Tensor], path: String
    ) throws -> [UInt8] {
        guard Set(metadata.map(\.key)).count == metadata.count,
            !metadata.contains(where: { $0.key == "general.alignment" })
        else { throw ModelFilesError(.mismatch, "\(path): a metadata key is given twice, or sets the alignment.") }
        _ = try TensorEntry.sorted(tensors.map(\.entry), for: path)
        var fields = GGUFFieldWriter()
        fields.append(GGUFHeader.magic)
        fields.append(UInt32(3))
        fields.append(UInt64(tensors.count))
        fields.append(UInt64(metadata.count))
        for (key, value) in metadata {
            fields.append(key)
            fields.append(value.type.rawValue)
            fields.append(value)
        }
        var offset = 0
        for (entry, dtype) in tensors {
            let alignment = GGUFHeader.defaultAlignment
            let isWritable = Quantisation.writable.contains(dtype) || entry.stored?.info.dtype == dtype
            guard isWritable, let number = GGUFTensorTypes.number(dtype) else {
                throw ModelFilesError(
                    .unsupported, "\(path): lorad cannot write \(dtype.rawValue).",
                    advice: "Choose among \(Quantisation.writable.map(\.rawValue).joined(separator: ", ")).")
            }
            guard (1...4).contains(entry.shape.count),
                let info = TensorInfo(name: entry.name, dtype: dtype, shape: entry.shape, start: offset)
            else {
                throw ModelFilesError(
                    .mismatch,
                    "\(path): the tensor \(quoted(entry.name)) of shape \(entry.shape) cannot be written as \(dtype.rawValue)."
                )
            }
            fields.append(entry.name)
            fields.append(UInt32(entry.shape.count))
            for size in entry.shape.reversed() { fields.append(UInt64(size)) }
            fields.append(number)
            fields.append(UInt64(offset))
            offset = (info.range.upperBound + alignment - 1) / alignment * alignment
        }
        return fields.bytes
    }
}

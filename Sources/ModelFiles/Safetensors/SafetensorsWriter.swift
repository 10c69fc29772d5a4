import Common
import Foundation
import Tensors

/// Writes `.safetensors` files whose bytes depend on nothing but their content.
///
/// https://huggingface.co/docs/safetensors/index#format
package enum SafetensorsWriter {
    package typealias Entry = TensorEntry

    /// Writes beside, flushes to disk, then renames into place: readers see the old file or the whole new one.
    ///
    /// Tensors stand in the order of their names' bytes, as the reference library writes tensors of one type; so do the
    /// keys of the metadata, where that library's order is random.
    /// - Parameter dtype: of all tensors: F32, F16 or BF16, rounded to nearest, ties to even.
    /// - Throws: `SystemError.unwritable`; `ModelFilesError.unsupported` for another dtype; `.mismatch` where a name is
    ///   given twice or a matrix does not have the elements of its shape.
    package static func write(
        _ entries: [TensorEntry], dtype: FileDType = .f32, metadata: [String: String] = [:], to path: String
    ) throws {
        guard [.f32, .f16, .bf16].contains(dtype) else {
            throw ModelFilesError(.unsupported, "\(path): safetensors files cannot hold \(dtype.rawValue).")
        }
        let sorted = try TensorEntry.sorted(entries, for: path)
        let header = try header(sorted, dtype: dtype, metadata: metadata, path: path)
        try AtomicFile.write(to: path) { output in
            try header.withUnsafeBytes { try output.write($0) }
            for entry in sorted { try entry.write(as: dtype, to: output, path: path) }
        }
    }

    /// Length, JSON, and spaces up to a multiple of eight bytes.
    private static func header(
        _ entries: [TensorEntry], dtype: FileDType, metadata: [String: String], path: String
    ) throws -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { ExactString($0.key) < ExactString($1.key) }
                .map { JSONText.quote($0.key) + ":" + JSONText.quote($0.value) }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for entry in entries {
            guard entry.name != "__metadata__",
                let info = TensorInfo(name: entry.name, dtype: dtype, shape: entry.shape, start: offset)
            else {
                throw ModelFilesError(
                    .mismatch, "\(path): a tensor \(quoted(entry.name)) of shape \(entry.shape) cannot be written.")
            }
            let shape = entry.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(JSONText.quote(entry.name)):{\"dtype\":\"\(dtype.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(info.range.upperBound)]}")
            offset = info.range.upperBound
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        while text.count % 8 != 0 { text.append(0x20) }
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }
}

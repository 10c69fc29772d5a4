import Common
import Foundation
import Tensors

/// Writes `.safetensors` files whose bytes depend on nothing but their content.
///
/// https://huggingface.co/docs/safetensors/index#format
package enum SafetensorsWriter {
    package typealias Entry = TensorEntry

    /// A tensor and the type to store it in: F32, F16 or BF16.
    package typealias Typed = (entry: TensorEntry, dtype: FileDType)

    /// What tensors can be written in, in the order that they stand in a file.
    package static let types: [FileDType] = [.f32, .bf16, .f16]

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
        try write(entries.map { ($0, dtype) }, metadata: metadata, to: path)
    }

    /// The same with a type for each tensor; those of wider types come first, as the reference library has them.
    ///
    /// - Throws: as above.
    package static func write(_ tensors: [Typed], metadata: [String: String] = [:], to path: String) throws {
        if let other = tensors.first(where: { !types.contains($0.dtype) }) {
            throw ModelFilesError(.unsupported, "\(path): safetensors files cannot hold \(other.dtype.rawValue).")
        }
        _ = try TensorEntry.sorted(tensors.map(\.entry), for: path)
        let sorted = try types.flatMap { type in
            try TensorEntry.sorted(tensors.filter { $0.dtype == type }.map(\.entry), for: path).map { ($0, type) }
        }
        let header = try header(sorted, metadata: metadata, path: path)
        try AtomicFile.write(to: path) { output in
            try header.withUnsafeBytes { try output.write($0) }
            for (entry, dtype) in sorted { try entry.write(as: dtype, to: output, path: path) }
        }
    }

    /// Length, JSON, and spaces up to a multiple of eight bytes.
    private static func header(
        _ tensors: [Typed], metadata: [String: String], path: String
    ) throws -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { ExactString($0.key) < ExactString($1.key) }
                .map { JSONText.quote($0.key) + ":" + JSONText.quote($0.value) }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for (entry, dtype) in tensors {
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

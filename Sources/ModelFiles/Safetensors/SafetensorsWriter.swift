import Foundation
import Tensors

/// Writes `.safetensors` files whose bytes depend on nothing but their content.
package enum SafetensorsWriter {
    /// A tensor to be written.
    package struct Entry {
        let name: String
        let shape: [Int]
        let matrix: Matrix

        /// - Parameter shape: the matrix's own unless given, such as `[n]` for a vector.
        package init(name: String, matrix: Matrix, shape: [Int]? = nil) {
            self.name = name
            self.matrix = matrix
            self.shape = shape ?? [matrix.rows, matrix.columns]
        }
    }

    /// Writes beside, flushes to disk, then renames into place: readers see the old file or the whole new one.
    ///
    /// - Throws: `ModelFilesError.unwritable`.
    package static func write(
        _ entries: [Entry], dtype: FileDType = .f32, metadata: [String: String] = [:], to path: String
    ) throws {
        let sorted = entries.sorted { $0.name < $1.name }
        var data = Data(header(sorted, dtype: dtype, metadata: metadata))
        for entry in sorted { append(entry.matrix, dtype: dtype, to: &data) }
        try AtomicFile.write(data, to: path)
    }

    private static func header(_ entries: [Entry], dtype: FileDType, metadata: [String: String]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { JSONText.quote($0.key) + ":" + JSONText.quote($0.value) }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for entry in entries {
            let end = offset + entry.shape.reduce(1, *) * dtype.blockBytes
            let shape = entry.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(JSONText.quote(entry.name)):{\"dtype\":\"\(dtype.rawValue.uppercased())\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        while text.count % 8 != 0 { text.append(0x20) }
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    private static func append(_ matrix: Matrix, dtype: FileDType, to data: inout Data) {
        for row in 0..<matrix.rows {
            matrix.withRow(row) { values in
                switch dtype {
                case .f16: values.map { Float16($0).bitPattern.littleEndian }.withUnsafeBytes { data.append(contentsOf: $0) }
                case .bf16: values.map { bfloat16($0).littleEndian }.withUnsafeBytes { data.append(contentsOf: $0) }
                default: data.append(contentsOf: UnsafeRawBufferPointer(values))
                }
            }
        }
    }

    /// The upper half of a float, rounded to nearest, ties to even; NaN stays NaN.
    private static func bfloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
}

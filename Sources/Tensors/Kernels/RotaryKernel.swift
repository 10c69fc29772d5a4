import CKernels
import Foundation

/// Cosines and sines of position · frequency, `[positions, frequencies]` each. https://arxiv.org/abs/2104.09864
package final class RotaryTable: Sendable {
    let cosines: Matrix
    let sines: Matrix

    /// The table of the original paper: frequency i is theta^(−2i/D).
    package convenience init(theta: Float, headDim: Int, maxPositions: Int) {
        let frequencies = RotaryTable.frequencies(theta: theta, dimensions: headDim)
        self.init([(frequencies: frequencies, positions: maxPositions)])
    }

    /// Tables of several sets of frequencies, one under the other.
    ///
    /// - Parameters:
    ///   - parts: of one number of frequencies each, half of a head's rotated dimensions.
    ///   - scale: a factor on all cosines and sines, and so on rotated queries and keys.
    package init(_ parts: [(frequencies: [Float], positions: Int)], scale: Float = 1) {
        let rows = parts.reduce(0) { $0 + $1.positions }
        cosines = Matrix(rows: rows, columns: parts[0].frequencies.count)
        sines = Matrix(rows: rows, columns: parts[0].frequencies.count)
        var start = 0
        for (frequencies, positions) in parts {
            for position in 0..<positions {
                let (cosine, sine) = (cosines.pointer(row: start + position), sines.pointer(row: start + position))
                for (index, frequency) in frequencies.enumerated() {
                    let angle = Float(position) * frequency
                    cosine[index] = cos(angle) * scale
                    sine[index] = sin(angle) * scale
                }
            }
            start += positions
        }
    }

    /// theta^(−2i/D) for each pair i of D dimensions.
    package static func frequencies(theta: Float, dimensions: Int) -> [Float] {
        (0..<(dimensions / 2)).map { 1 / pow(theta, Float(2 * $0) / Float(dimensions)) }
    }

    /// Dimensions of a head that are rotated, its first.
    package var dimensions: Int { 2 * cosines.columns }
}

extension Kernels {
    /// Rotates the first dimensions of each head of x `[T, heads·D]` by its row of the table into y, which may be x
    /// itself or of another dtype; the others stay as they are. Halves are paired as in Hugging Face's `rotate_half`;
    /// `inverse` is the transpose, and so the backward.
    ///
    /// - Parameter positions: rows of the table.
    package static func rotate(
        _ x: Matrix, into y: Matrix, positions: [Int32], table: RotaryTable, headDim: Int, inverse: Bool
    ) {
        x.requireShape(of: y, "a rotation")
        y.requireSameOrDisjoint(x, "a rotation's result")
        precondition(positions.count == x.rows && x.columns % headDim == 0 && headDim >= table.dimensions)
        for position in positions {
            precondition(position >= 0 && position < table.cosines.rows, "position \(position) is not in the table")
        }
        measuredRows(
            x, "rotary positions", with: x, y, positions, table, headDim, inverse
        ) { rows, x, y, positions, table, headDim, inverse in
            let first = rows.lowerBound
            positions.withUnsafeBufferPointer { positions in
                guard let base = positions.baseAddress else { return }
                ck_rotate(
                    x.pointer(row: first), x.stride, y.memory(row: first), y.stride, y.dtype.kernel, base + first,
                    table.cosines.start, table.sines.start, rows.count, x.columns / headDim, headDim,
                    table.dimensions, inverse ? -1 : 1)
            }
        }
    }
}

import CKernels
import Foundation

/// Cosines and sines of position · theta^(−2i/D), `[positions, D/2]` each. https://arxiv.org/abs/2104.09864
package final class RotaryTable: Sendable {
    let cosines: Matrix
    let sines: Matrix

    package init(theta: Float, headDim: Int, maxPositions: Int) {
        let half = headDim / 2
        cosines = Matrix(rows: maxPositions, columns: half)
        sines = Matrix(rows: maxPositions, columns: half)
        let frequencies = (0..<half).map { 1 / pow(theta, Float(2 * $0) / Float(headDim)) }
        for position in 0..<maxPositions {
            for (index, frequency) in frequencies.enumerated() {
                let angle = Float(position) * frequency
                cosines.pointer(row: position)[index] = cos(angle)
                sines.pointer(row: position)[index] = sin(angle)
            }
        }
    }
}

extension Kernels {
    /// Rotates each head of x `[T, heads·D]` by its row's position into y, which may be x itself or of another dtype.
    /// Halves are paired as in Hugging Face's `rotate_half`; `inverse` is both the inverse and the backward.
    package static func rotate(
        _ x: Matrix, into y: Matrix, positions: [Int32], table: RotaryTable, headDim: Int, inverse: Bool
    ) {
        x.requireShape(of: y, "a rotation")
        precondition(positions.count == x.rows && x.columns % headDim == 0 && headDim == 2 * table.cosines.columns)
        for position in positions {
            precondition(position >= 0 && position < table.cosines.rows, "position \(position) is not in the table")
        }
        positions.withUnsafeBufferPointer { positions in
            let base = positions.baseAddress
            measuredRows(x, "rotary positions") { rows in
                guard let base else { return }
                let first = rows.lowerBound
                ck_rotate(
                    x.pointer(row: first), x.stride, y.memory(row: first), y.stride, y.half, base + first,
                    table.cosines.start, table.sines.start, rows.count, x.columns / headDim, headDim,
                    inverse ? -1 : 1)
            }
        }
    }
}

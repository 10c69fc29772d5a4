import Tensors

/// llama.cpp stores the rows of a llama's q and k so that the two halves of a head alternate: row 2j + h of a head is
/// Hugging Face's row h·D/2 + j. Row counts are multiples of the even head dimension D.
package enum RotaryPermutation {
    /// Hugging Face's order from GGUF's.
    package static func undo(_ permuted: Matrix, headDim: Int, into matrix: Matrix) {
        for row in 0..<matrix.rows {
            let source = ggufRow(row, headDim: headDim)
            matrix.rows(row..<(row + 1)).copy(from: permuted.rows(source..<(source + 1)))
        }
    }

    /// GGUF's order from Hugging Face's.
    package static func apply(_ matrix: Matrix, headDim: Int, into permuted: Matrix) {
        for row in 0..<matrix.rows {
            let target = ggufRow(row, headDim: headDim)
            permuted.rows(target..<(target + 1)).copy(from: matrix.rows(row..<(row + 1)))
        }
    }

    /// GGUF's row of Hugging Face's row.
    static func ggufRow(_ row: Int, headDim: Int) -> Int {
        let (head, within) = row.quotientAndRemainder(dividingBy: headDim)
        let (half, j) = within.quotientAndRemainder(dividingBy: headDim / 2)
        return head * headDim + 2 * j + half
    }
}

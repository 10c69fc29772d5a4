import Tensors

/// How llama.cpp lays a tensor out, against Hugging Face's layout of it.
package enum GGUFLayout: Sendable, Equatable {
    case same
    /// Rows of each head in rotary pairs, see `RotaryPermutation`.
    case rotaryPairs
    /// A weight that Hugging Face stores as `[in, out]` lies as `[out, in]`.
    case transposed
    /// A norm that Hugging Face stores as w − 1 holds w.
    case plusOne

    /// What GGUF holds, from Hugging Face's.
    ///
    /// - Throws: `ModelFilesError.mismatch` where heads do not divide the rows.
    func apply(_ matrix: Matrix, name: String, headDim: Int) throws -> Matrix {
        switch self {
        case .same: return matrix
        case .rotaryPairs:
            // A bias is one row of all heads' elements.
            let column = matrix.rows == 1 ? matrix.transposedCopy : matrix
            guard column.rows % headDim == 0 else {
                throw ModelFilesError(
                    .mismatch,
                    "The tensor \(quoted(name)) has \(column.rows) rows, no multiple of the head dimension \(headDim).")
            }
            let permuted = Matrix(rows: column.rows, columns: column.columns)
            RotaryPermutation.apply(column, headDim: headDim, into: permuted)
            return matrix.rows == 1 ? permuted.transposedCopy : permuted
        case .transposed: return matrix.transposedCopy
        case .plusOne: return matrix.adding(1)
        }
    }

    /// Hugging Face's, from what GGUF holds.
    func undo(_ matrix: Matrix, headDim: Int) -> Matrix {
        switch self {
        case .same: return matrix
        case .rotaryPairs:
            let column = matrix.rows == 1 ? matrix.transposedCopy : matrix
            let result = Matrix(rows: column.rows, columns: column.columns)
            RotaryPermutation.undo(column, headDim: headDim, into: result)
            return matrix.rows == 1 ? result.transposedCopy : result
        case .transposed: return matrix.transposedCopy
        case .plusOne: return matrix.adding(-1)
        }
    }

    /// The tensor's shape in GGUF, from Hugging Face's; and the other way round.
    func shape(_ shape: [Int]) -> [Int] { self == .transposed ? shape.reversed() : shape }
}

extension Matrix {
    fileprivate var transposedCopy: Matrix {
        let result = Matrix(rows: columns, columns: rows)
        Kernels.transpose(self, into: result)
        return result
    }

    fileprivate func adding(_ number: Float) -> Matrix {
        Matrix(values.map { $0 + number }, rows: rows, columns: columns)
    }
}

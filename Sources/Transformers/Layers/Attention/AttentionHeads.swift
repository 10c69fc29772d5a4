import ModelFiles
import Tensors

/// How the outputs of the query, key and value projections divide into heads.
package struct AttentionHeads: Sendable, Equatable {
    /// Query heads.
    package let count: Int
    /// Key heads, each shared by count / groups query heads.
    package let groups: Int
    package let headDim: Int
    /// Whether query, key and value of each head lie side by side, `[heads, 3, D]`; else all queries come first, then
    /// all keys, then all values.
    package var isInterleaved = false

    package init(count: Int, groups: Int, headDim: Int, isInterleaved: Bool = false) {
        precondition(!isInterleaved || count == groups, "interleaved heads do not share keys")
        self.count = count
        self.groups = groups
        self.headDim = headDim
        self.isInterleaved = isInterleaved
    }

    init(_ configuration: ModelConfiguration, isInterleaved: Bool = false) {
        self.init(
            count: configuration.heads, groups: configuration.keyValueHeads, headDim: configuration.headDim,
            isInterleaved: isInterleaved)
    }

    package var queryColumns: Int { count * headDim }
    /// Of the keys, and of the values.
    package var keyColumns: Int { groups * headDim }
    package var columns: Int { queryColumns + 2 * keyColumns }

    /// Queries, keys and values of a matrix that holds one after the other.
    func split(_ mixed: Matrix) -> (q: Matrix, k: Matrix, v: Matrix) {
        let (keys, values) = (queryColumns, queryColumns + keyColumns)
        return (mixed.columns(0..<keys), mixed.columns(keys..<values), mixed.columns(values..<columns))
    }

    /// Keys and values of such a matrix, side by side.
    func keysAndValues(_ mixed: Matrix) -> Matrix { mixed.columns(queryColumns..<columns) }

    /// Brings interleaved heads `[T, heads, 3, D]` into the order of `split`.
    func separate(_ interleaved: Matrix, into mixed: Matrix) {
        forEachPart { inside, apart in mixed.columns(apart).copy(from: interleaved.columns(inside)) }
    }

    /// The reverse of `separate`, and so its backward.
    func interleave(_ mixed: Matrix, into interleaved: Matrix) {
        forEachPart { inside, apart in interleaved.columns(inside).copy(from: mixed.columns(apart)) }
    }

    private func forEachPart(_ body: (_ inside: Range<Int>, _ apart: Range<Int>) -> Void) {
        for head in 0..<count {
            for part in 0..<3 {
                let (inside, apart) = ((3 * head + part) * headDim, (part * count + head) * headDim)
                body(inside..<(inside + headDim), apart..<(apart + headDim))
            }
        }
    }
}

/// How queries are compared with keys.
package struct AttentionScoring: Sendable, Equatable {
    /// Factor on q·k.
    package let scale: Float
    package let mask: AttentionMask
    /// c in c·tanh(scale·q·k/c); nil where scores are not capped. https://arxiv.org/abs/2408.00118
    package let softCap: Float?

    package init(scale: Float, mask: AttentionMask = .causal, softCap: Float? = nil) {
        self.scale = scale
        self.mask = mask
        self.softCap = softCap
    }

    /// Scaled by 1/√D.
    package init(headDim: Int, mask: AttentionMask = .causal) {
        self.init(scale: 1 / Float(headDim).squareRoot(), mask: mask)
    }
}

import CKernels

/// Where the heads lie in the columns of a matrix: head h is columns h·stride ..< h·stride + headDim.
package struct HeadColumns: Sendable {
    package let count: Int
    package let headDim: Int
    package let stride: Int

    /// - Parameter stride: headDim where nil, so that heads lie side by side.
    package init(count: Int, headDim: Int, stride: Int? = nil) {
        self.count = count
        self.headDim = headDim
        self.stride = stride ?? headDim
    }

    func columns(_ head: Int) -> Range<Int> { (head * stride)..<(head * stride + headDim) }
}

/// What disentangled attention reads beside its content: P^k and P^q, the relative positions projected as keys and as
/// queries.
package struct PositionFactors {
    package let table: RelativePositions
    /// The table's row that the matrices' first holds; they hold all that the batch uses.
    package let firstRow: Int
    /// P^k `[rows, heads·D]`, for content to position; nil where the model has no such term.
    package let keys: Matrix?
    /// P^q `[rows, heads·D]`, for position to content; nil where the model has no such term.
    package let queries: Matrix?

    package init(table: RelativePositions, firstRow: Int, keys: Matrix?, queries: Matrix?) {
        self.table = table
        self.firstRow = firstRow
        self.keys = keys
        self.queries = queries
    }

    /// The rows that a sequence of `count` tokens reads, as the matrices count them.
    func rows(_ count: Int) -> Range<Int> {
        let used = table.used(by: count)
        return (used.lowerBound - firstRow)..<(used.upperBound - firstRow)
    }
}

/// How a sequence's tiles are cut: scores exist for one block of its queries at a time.
enum DisentangledShape {
    static let queryBlock = 64

    static func rows(_ span: AttentionSpan) -> Range<Int> {
        precondition(
            span.queryCount == span.keyCount && span.queryStart == span.keyStart,
            "disentangled attention needs spans whose queries are all of their keys")
        return span.queryStart..<(span.queryStart + span.queryCount)
    }
}

extension Workspace {
    /// A contiguous float32 tile of another tile's elements.
    func float32(_ source: Tile) -> Tile {
        let copy = tile(source.rows, source.columns)
        if source.dtype == .bfloat16 {
            ck_widen(
                UnsafePointer(source.base.assumingMemoryBound(to: UInt16.self)), source.stride, copy.start,
                copy.stride, source.rows, source.columns)
        } else {
            for row in 0..<source.rows {
                copy.memory(row: row).copyMemory(
                    from: source.memory(row: row), byteCount: source.columns * MemoryLayout<Float>.size)
            }
        }
        return copy
    }
}

extension Tile {
    /// Copies this float32 tile into one of either dtype.
    func write(to target: Tile) {
        if target.dtype == .bfloat16 {
            ck_narrow(
                start, stride, target.base.assumingMemoryBound(to: UInt16.self), target.stride, rows, columns)
        } else {
            for row in 0..<rows {
                target.memory(row: row).copyMemory(
                    from: memory(row: row), byteCount: columns * MemoryLayout<Float>.size)
            }
        }
    }
}

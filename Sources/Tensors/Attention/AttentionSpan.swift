/// One sequence's rows in packed matrices. Its queries are the last `queryCount` of its `keyCount` positions: all of
/// them where rows are not shared, one when decoding with a cache.
package struct AttentionSpan: Sendable, Equatable, BitwiseCopyable {
    package let queryStart: Int
    package let queryCount: Int
    package let keyStart: Int
    package let keyCount: Int

    package init(queryStart: Int, queryCount: Int, keyStart: Int, keyCount: Int) {
        self.queryStart = queryStart
        self.queryCount = queryCount
        self.keyStart = keyStart
        self.keyCount = keyCount
    }

    /// Keys before the first query.
    var offset: Int { keyCount - queryCount }

    /// Positions within the sequence of some of its queries.
    func positions(_ queries: Range<Int>) -> Range<Int> {
        (offset + queries.lowerBound)..<(offset + queries.upperBound)
    }
}

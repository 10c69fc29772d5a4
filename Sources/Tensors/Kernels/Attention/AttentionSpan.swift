/// One sequence's rows in packed matrices. Its queries are the last `queryCount` of its `keyCount` positions: all of
/// them in training, one when decoding with a cache.
package struct AttentionSpan: Sendable, Equatable {
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
}

import Foundation

/// Which row of a table of relative-position embeddings belongs to a query and a key, by d = key − query.
///
/// Rows ascend with d, the reverse of the order in a DeBERTa checkpoint, whose δ(query, key) ascends with query − key:
/// so the positions that one query reads lie as its keys do. https://arxiv.org/abs/2006.03654, appendix A.1; the
/// logarithmic buckets are those of DeBERTa-v2's `make_log_bucket_position`, to the bit.
package struct RelativePositions: Sendable {
    /// k: half the table's rows. What lies farther shares the outermost row.
    package let span: Int
    /// Longest sequence.
    package let length: Int
    /// Row of each d from −(length − 1) to length − 1.
    let rows: [Int32]
    /// Where |d| ≤ reach, the row is that of 0 plus d.
    let reach: Int

    /// A row of its own for every |d| < `span`.
    package init(span: Int, length: Int) {
        self.init(span: span, length: length) { $0 }
    }

    /// `buckets` rows a side, of which the nearest half hold one d each and the others ever more, up to `maxDistance`.
    ///
    /// - Parameter buckets: more than 1, and less than 2·(`maxDistance` − 1).
    package init(buckets: Int, maxDistance: Int, length: Int) {
        precondition(buckets > 1 && maxDistance - 1 > buckets / 2, "\(buckets) buckets for \(maxDistance) positions")
        self.init(span: buckets, length: length) {
            Self.logBucket($0, middle: buckets / 2, maxDistance: maxDistance)
        }
    }

    private init(span: Int, length: Int, bucket: (Int) -> Int) {
        self.span = span
        self.length = length
        // Buckets are odd, b(−d) = −b(d): reversing clamp(b(query − key) + k, 0, 2k − 1) gives this.
        rows = ((1 - length)..<max(length, 1)).map { Int32(min(max(bucket($0) + span - 1, 0), 2 * span - 1)) }
        let zero = length - 1
        var reach = 0
        while reach < length - 1, rows[zero + reach + 1] == rows[zero] + Int32(reach + 1),
            rows[zero - reach - 1] == rows[zero] - Int32(reach + 1)
        {
            reach += 1
        }
        self.reach = reach
    }

    /// The row of d = key − query, |d| below `length`.
    package func row(of d: Int) -> Int { Int(rows[d + length - 1]) }

    /// Rows that a sequence of `count` tokens reads.
    package func used(by count: Int) -> Range<Int> {
        precondition(count <= length, "a sequence of \(count) tokens, positions for \(length)")
        guard count > 0 else { return span..<span }
        return Int(rows[length - count])..<(Int(rows[length + count - 2]) + 1)
    }

    /// The bucket of `distance`, in the arithmetic of float32 that the reference computes it in.
    private static func logBucket(_ distance: Int, middle: Int, maxDistance: Int) -> Int {
        let magnitude = abs(distance)
        guard magnitude > middle else { return distance }
        let widest = log(Float(Double(maxDistance - 1) / Double(middle)))
        let share = log(Float(magnitude) / Float(middle)) / widest
        let bucket = Int((share * Float(middle - 1)).rounded(.up)) + middle
        return distance < 0 ? -bucket : bucket
    }
}

/// Runs of a row's elements, as long and as far apart as one another: the rows of a matrix that lies in it.
package struct RowBlock: Sendable, Equatable {
    package let start: Int
    package let rows: Int
    package let columns: Int
    /// Elements from one run's start to the next.
    package let stride: Int

    package init(start: Int, rows: Int, columns: Int, stride: Int) {
        (self.start, self.rows, self.columns, self.stride) = (start, rows, columns, stride)
    }

    /// One run.
    package init(_ range: Range<Int>) {
        self.init(start: range.lowerBound, rows: 1, columns: range.count, stride: range.count)
    }

    var end: Int { start + (rows - 1) * stride + columns }
}

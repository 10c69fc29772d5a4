import Common

/// Columns of text for people. Where a terminal is too narrow for all of them, those that matter least are left out.
package struct TextTable {
    /// One column.
    package struct Column {
        let title: String
        let isRight: Bool
        /// The higher it is, the earlier the column is left out; 0 for one that stays.
        let expendability: Int
        /// Whether the column, the last one, is cut where there is no room for all of it.
        let isCut: Bool

        package init(_ title: String, isRight: Bool = false, expendability: Int = 0, isCut: Bool = false) {
            self.title = title
            self.isRight = isRight
            self.expendability = expendability
            self.isCut = isCut
        }
    }

    private static let gap = 2
    /// A cut column is worth showing from so many characters on.
    private static let leastCut = 12

    private let columns: [Column]
    private let rows: [[String]]

    package init(_ columns: [Column], _ rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The header and the rows.
    ///
    /// - Parameter width: columns of the terminal; nil for any number.
    package func lines(width: Int?) -> [String] {
        var shown = Array(columns.indices)
        func natural(_ column: Int) -> Int {
            ([columns[column].title] + rows.map { $0[column] }).map(\.count).max() ?? 0
        }
        func needed(_ shown: [Int]) -> Int {
            shown.map { columns[$0].isCut ? min(natural($0), Self.leastCut) : natural($0) }.reduce(0, +)
                + Self.gap * max(0, shown.count - 1)
        }
        if let width {
            while needed(shown) > width,
                let worst = shown.filter({ columns[$0].expendability > 0 })
                    .max(by: { columns[$0].expendability < columns[$1].expendability })
            {
                shown.removeAll { $0 == worst }
            }
        }
        var widths = Dictionary(uniqueKeysWithValues: shown.map { ($0, natural($0)) })
        if let width, let last = shown.last, columns[last].isCut {
            let others = shown.dropLast().map { natural($0) + Self.gap }.reduce(0, +)
            widths[last] = max(0, min(natural(last), width - others))
        }
        return ([columns.map(\.title)] + rows).map { row in
            let cells = shown.map { cell(row[$0], columns[$0], widths[$0] ?? 0) }
            var line = cells.joined(separator: String(repeating: " ", count: Self.gap))
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private func cell(_ text: String, _ column: Column, _ width: Int) -> String {
        guard text.count <= width else {
            return width > 3 ? text.prefix(width - 3) + "..." : String(text.prefix(width))
        }
        let padding = String(repeating: " ", count: width - text.count)
        return column.isRight ? padding + text : text + padding
    }
}

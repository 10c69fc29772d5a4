import ModelFiles

/// The labels of a file's rows in their order, each name kept once.
package struct LabelColumn: RandomAccessCollection, Sendable {
    /// A row's label, where names are told by their place among those of the column.
    package enum Cell: Sendable, Equatable {
        case name(Int)
        case number(Int)
        case value(Double)
    }

    /// Each once, in the order in which rows first have them.
    package private(set) var names: [String] = []
    private var cells: [Cell] = []
    private var places: [ExactString: Int] = [:]

    package init() {}

    /// - Precondition: every cell's name is among `names`.
    package init(names: [String], cells: [Cell]) {
        (self.names, self.cells) = (names, cells)
        places = Dictionary(names.enumerated().map { (ExactString($1), $0) }) { first, _ in first }
    }

    /// Appends a row's label.
    ///
    /// - Returns: what was appended.
    @discardableResult
    package mutating func append(_ label: RowLabel) -> Cell {
        let cell: Cell =
            switch label {
            case .name(let name): .name(place(of: name))
            case .number(let number): .number(number)
            case .value(let value): .value(value)
            }
        cells.append(cell)
        return cell
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { cells.count }

    package subscript(row: Int) -> RowLabel {
        switch cells[row] {
        case .name(let place): .name(names[place])
        case .number(let number): .number(number)
        case .value(let value): .value(value)
        }
    }

    private mutating func place(of name: String) -> Int {
        if let place = places[ExactString(name)] { return place }
        places[ExactString(name)] = names.count
        names.append(name)
        return names.count - 1
    }
}

/// A label, and the line that it stands in, from 1.
package struct LabelledLine: Sendable {
    package let line: Int
    package let label: RowLabel

    package init(line: Int, label: RowLabel) { (self.line, self.label) = (line, label) }

    package init(_ row: LabelledRow) { self.init(line: row.line, label: row.label) }
}

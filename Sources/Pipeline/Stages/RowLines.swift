import Tokenizers

/// Where the rows of a data file stand in it. The file is read once something is wrong with one of them.
final class RowLines {
    private let path: String
    private lazy var numbers = ((try? JSONLines.read(path)) ?? []).map(\.number)

    /// - Parameter path: of a file that was read before: every line of it that is not blank is a row.
    init(_ path: String) { self.path = path }

    /// The line of the row at `place`, counted from 0 as rows are.
    subscript(place: Int) -> Int { numbers.indices.contains(place) ? numbers[place] : place + 1 }
}

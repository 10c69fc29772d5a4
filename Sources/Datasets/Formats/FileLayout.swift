import Common
import ForeignText

/// How the rows of a file are read, as its first row and a manifest's columns tell.
struct FileLayout: Sendable {
    /// A sentence for the log where the file has another trainer's layout that is read.
    let notes: [String]
    private let layout: RowLayout

    /// - Parameters:
    ///   - columns: the file's key by lorad's.
    ///   - keys: those that the format asks for which the manifest names; nil where it names none.
    init(_ path: String, first: JSONLine, columns: [RowKey: String], expecting keys: [String]?) {
        let renaming = RowLayout(columns: columns)
        let renamed = first.read(by: renaming)
        guard let known = KnownLayout.allCases.first(where: { $0.fits(renamed, expecting: keys) }) else {
            (layout, notes) = (renaming, [])
            return
        }
        layout = renaming.making(known.made)
        notes = ["\(path) \(known.described)"]
    }

    /// Whether rows are read as they are.
    var isPlain: Bool { layout.columns.isEmpty && layout.made.isEmpty }

    func read(_ line: JSONLine) -> JSONLine { isPlain ? line : line.read(by: layout) }

    /// A column that no row of a file has, with the closest key that there is.
    static func missing(_ name: String, _ key: RowKey, _ first: JSONLine, _ path: String) -> DatasetsError {
        let closest = Suggestion.closest(to: name, among: first.keys).map {
            " Did you mean \(ForeignText.quoted($0, limit: 256))?"
        }
        return DatasetsError(
            .malformed,
            "No row of \(path) has the key \(ForeignText.quoted(name, limit: 256)), which dataset.columns names for "
                + "\(key.rawValue).\(closest ?? "")",
            advice: "The first row has \(DataKeys.listed(first.keys)).")
    }
}

extension KnownLayout {
    /// Whether a row has this layout's keys, and not those of a format that is asked for or told first.
    fileprivate func fits(_ line: JSONLine, expecting keys: [String]?) -> Bool {
        let formats = RowFormat.allCases.map(\.keys) + [RowFormat.labelledKeys]
        if let keys, keys != format.keys { return false }
        let isOwn = (keys.map { [$0] } ?? formats).contains { $0.allSatisfy(line.has) }
        return !isOwn && self.keys.allSatisfy { line.has($0.rawValue) }
    }
}

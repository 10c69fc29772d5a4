import Common
import ForeignText
import ModelFiles

extension RowFile {
    /// The file read by a manifest's columns, and by the layout that its first row has where it is one of another trainer's
    /// that is read.
    ///
    /// - Parameters:
    ///   - columns: the file's key by lorad's.
    ///   - isBeside: whether it is read beside the training rows: it may then have lorad's own keys where they have others.
    ///   - expecting: keys that the format asks for which the manifest names; nil where it names none.
    /// - Returns: the file, and a sentence for the log for each thing that was decided without the manifest.
    /// - Throws: `DatasetsError.malformed` where no row has a column, with the closest key that there is.
    package func laidOut(
        columns: [RowKey: String] = [:], isBeside: Bool = false, expecting keys: [String]? = nil
    ) throws -> (file: RowFile, notes: [String]) {
        guard let first = lines.first else { return (self, []) }
        var notes: [String] = []
        var known = columns
        for (key, name) in columns.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where !lines.contains(where: { $0.has(name) }) {
            let isOwn = first.has(key.rawValue)
            guard isBeside else { throw missing(name, key, first) }
            guard isOwn else { continue }
            known[key] = nil
            notes.append(
                "\(path) has no key \(ForeignText.quoted(name, limit: 256)), which dataset.columns names for "
                    + "\(key.rawValue); its own '\(key.rawValue)' is read")
        }
        var layout = RowLayout(columns: known)
        let renamed = first.read(by: layout)
        if let known = KnownLayout.allCases.first(where: { $0.fits(renamed, expecting: keys) }) {
            layout = layout.making(known.made)
            notes.append("\(path) \(known.described)")
        }
        guard !layout.columns.isEmpty || !layout.made.isEmpty else { return (self, []) }
        return (RowFile(path: path, sha256: sha256, lines: lines.map { $0.read(by: layout) }), notes)
    }

    private func missing(_ name: String, _ key: RowKey, _ first: JSONLine) -> DatasetsError {
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

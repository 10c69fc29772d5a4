import ForeignText

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
            guard isBeside else { throw FileLayout.missing(name, key, first, path) }
            guard isOwn else { continue }
            known[key] = nil
            notes.append(
                "\(path) has no key \(ForeignText.quoted(name, limit: 256)), which dataset.columns names for "
                    + "\(key.rawValue); its own '\(key.rawValue)' is read")
        }
        let layout = FileLayout(path, first: first, columns: known, expecting: keys)
        notes += layout.notes
        guard !layout.isPlain else { return (self, []) }
        return (RowFile(path: path, sha256: sha256, lines: lines.map(layout.read)), notes)
    }
}

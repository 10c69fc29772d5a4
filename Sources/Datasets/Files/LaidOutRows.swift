import ModelFiles

/// The rows of a file one after the other, read by a manifest's columns, and by the layout that its first row has where it
/// is one of another trainer's that is read.
package final class LaidOutRows {
    /// The first row; nil where there is none.
    package let first: JSONLine?
    /// A sentence for the log for each thing that was decided without the manifest.
    package let notes: [String]
    private let stream: RowStream
    private let layout: FileLayout?
    private let standing: JSONObject?
    /// The first row as the file has it.
    private let stored: JSONLine?
    private var hasBegun = false
    /// The columns that no row had so far.
    private var unseen: [RowKey: String]

    /// - Parameters:
    ///   - columns: the file's key by lorad's.
    ///   - keys: those that the format asks for which the manifest names; nil where it names none.
    ///   - tools: that conversations may call whose rows name none; nil where there are none.
    /// - Throws: as `DataFile.read`, for what the file's beginning shows.
    package init(
        _ path: String, rule: ReadingRule = .anything, columns: [RowKey: String] = [:],
        expecting keys: [String]? = nil, tools: [JSONValue]? = nil
    ) throws {
        stream = try RowStream(path, rule: rule)
        standing = tools.map { JSONObject([("tools", .array($0))]) }
        stored = try stream.next()
        unseen = columns
        guard let stored else {
            (first, layout, notes) = (nil, nil, [])
            return
        }
        let line = standing.map(stored.standing) ?? stored
        let layout = FileLayout(path, first: line, columns: columns, expecting: keys)
        (first, self.layout, notes) = (layout.read(line), layout, layout.notes)
        look(for: stored)
    }

    /// What messages call the file.
    package var path: String { stream.path }

    /// The share of the file that was read so far.
    package var share: Double { stream.size > 0 ? min(1, Double(stream.read) / Double(stream.size)) : 1 }

    /// Bytes of the file as they lie, and their hash; nil before the end was reached.
    package var size: Int { stream.size }
    package var sha256: String? { stream.sha256 }

    /// The next row; nil at the end.
    ///
    /// - Throws: as `DataFile.read`; at the end, `DatasetsError.malformed` where no row has a column, with the closest key
    ///   that there is.
    package func next() throws -> JSONLine? {
        guard let first, let layout else { return nil }
        guard hasBegun else {
            hasBegun = true
            return first
        }
        guard let line = try stream.next() else {
            if let (key, name) = unseen.min(by: { $0.key.rawValue < $1.key.rawValue }), let stored {
                throw FileLayout.missing(name, key, stored, path)
            }
            return nil
        }
        look(for: line)
        return layout.read(standing.map(line.standing) ?? line)
    }

    /// Reads what is left of the file without a look at it.
    ///
    /// - Parameter onRead: called after each piece.
    /// - Returns: `sha256`.
    /// - Throws: as `DataFile.read` where it cannot be read.
    package func drain(onRead: () throws -> Void = {}) throws -> String { try stream.drain(onRead: onRead) }

    /// All rows that are left.
    ///
    /// - Throws: as `next`.
    package func rest() throws -> RowFile {
        var lines: [JSONLine] = []
        while let line = try next() { lines.append(line) }
        return RowFile(path: path, sha256: try drain(), lines: lines)
    }

    private func look(for line: JSONLine) {
        guard !unseen.isEmpty else { return }
        for (key, name) in unseen where line.has(name) { unseen[key] = nil }
    }
}

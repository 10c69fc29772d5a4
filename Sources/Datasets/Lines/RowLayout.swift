import ModelFiles

/// How a file's rows are read as lorad's: which of its keys stand for others, and what is made of several.
package struct RowLayout: Sendable {
    /// A key that rows do not have as such.
    struct Made: Sendable {
        /// The keys that a row must have for it.
        let keys: [RowKey]
        let value: @Sendable (JSONLine) throws(RowComplaint) -> JSONValue?
    }

    /// The file's key by lorad's.
    let columns: [String: String]
    let made: [String: Made]

    init(columns: [RowKey: String] = [:], made: [RowKey: Made] = [:]) {
        self.columns = Dictionary(uniqueKeysWithValues: columns.map { ($0.rawValue, $1) })
        self.made = Dictionary(uniqueKeysWithValues: made.map { ($0.rawValue, $1) })
    }

    private init(columns: [String: String], made: [String: Made]) {
        (self.columns, self.made) = (columns, made)
    }

    /// The same, and what `other` makes of rows.
    func making(_ other: [RowKey: Made]) -> RowLayout {
        RowLayout(columns: columns, made: RowLayout(made: other).made)
    }

    /// The file's key that stands for `key`.
    func column(_ key: String) -> String { columns[key] ?? key }
}

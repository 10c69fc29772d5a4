import GRDB

/// The system's SQLite, in which the ledger is kept.
package enum SQLiteLibrary {
    /// Such as `3.46.1`. Throws where it cannot be used.
    package static func version() throws -> String {
        try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") } ?? "unknown"
    }
}

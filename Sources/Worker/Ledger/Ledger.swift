import Foundation
import GRDB
import Pipeline

/// What the worker knows for certain: jobs, their stages and the webhooks still to be sent, in one SQLite file.
///
/// A state change and the deliveries that tell of it are written in one transaction, flushed to disk before the call
/// returns. Other processes (`lorad status`, `cancel`) open the same file at the same time.
package final class Ledger: Sendable {
    let pool: DatabasePool
    /// Where a job's log lies, given its id; kept in the row so that it can be found without the settings.
    let logPath: @Sendable (String) -> String

    /// Opens or makes the ledger. Throws `.ledger` where it is damaged, newer than this lorad, or not durable.
    package init(path: String, logPath: @escaping @Sendable (String) -> String) throws {
        self.logPath = logPath
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 3
        // Turning the write-ahead log on does not wait for another process that is about to do the same, and the migrator
        // looks before it takes SQLite's lock: a new ledger is made by one at a time.
        let lock = try FolderLock(waitingFor: URL(fileURLWithPath: path).deletingLastPathComponent().path)
        defer { withExtendedLifetime(lock) {} }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try Self.requireDurability(pool)
            guard try pool.read({ try !LedgerSchema.migrator.hasBeenSuperseded($0) }) else {
                throw WorkerError(
                    .ledger, "The ledger \(path) was written by a newer lorad.", advice: "Use that version.")
            }
            try LedgerSchema.migrator.migrate(pool)
        } catch let error as DatabaseError {
            throw Self.fault(error, "The ledger \(path) cannot be opened.")
        }
    }

    /// GRDB's pool sets `synchronous = NORMAL` when it turns the write-ahead log on, after `prepareDatabase` ran: a
    /// power cut could then undo the last state changes. FULL is set afterwards, and read back.
    private static func requireDurability(_ pool: DatabasePool) throws {
        let (synchronous, journal) = try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            return (
                try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                try String.fetchOne(database, sql: "PRAGMA journal_mode")
            )
        }
        guard synchronous == 2, journal == "wal" else {
            throw WorkerError(
                .ledger,
                "The ledger is not durable: synchronous \(synchronous ?? -1), journal \(journal ?? "unknown").",
                advice: "Put the state folder on a local disk.")
        }
    }

    /// What its disk may do to a ledger and undo again: `.unwritable`. Anything else is `.ledger`.
    private static let passing: [ResultCode] = [
        .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_BUSY,
    ]

    static func fault(_ error: DatabaseError, _ message: String) -> WorkerError {
        WorkerError(
            passing.contains(error.resultCode.primaryResultCode) ? .unwritable : .ledger, message,
            cause: "SQLite \(error.resultCode.rawValue): \(error.message ?? "no message")")
    }

    func write<Value: Sendable>(_ what: String, _ body: @Sendable (Database) throws -> Value) throws -> Value {
        do {
            return try pool.write(body)
        } catch let error as DatabaseError {
            throw Self.fault(error, "The ledger could not \(what).")
        }
    }

    func read<Value: Sendable>(_ what: String, _ body: @Sendable (Database) throws -> Value) throws -> Value {
        do {
            return try pool.read(body)
        } catch let error as DatabaseError {
            throw Self.fault(error, "The ledger could not \(what).")
        }
    }

    /// `PRAGMA synchronous` of the writing connection: 2 is FULL.
    package func synchronousLevel() throws -> Int {
        try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
    }
}

import Common
import ForeignText
import Foundation
import GRDB
import OperatingSystem

/// What is known for certain: jobs, their stages and the webhooks still to be sent, in one SQLite file.
///
/// A state change and the deliveries that tell of it are written in one transaction, flushed to disk before the call
/// returns. Other processes (`lorad status`, `cancel`) open the same file at the same time.
package final class Ledger: Sendable {
    let pool: DatabasePool
    /// Where a job's log lies, given its id; kept in the row so that it can be found without the settings.
    let logPath: @Sendable (String) -> String

    private let file: LedgerFile
    private let identity: LedgerFile.Identity?
    /// Seconds that its opening waits for another process that is opening it.
    private static let lockTime = 10.0

    /// Opens or makes the ledger.
    ///
    /// - Parameter backups: the folder of its copies.
    /// - Throws: `.ledgerRefused` where it is damaged, or gone or empty beside copies; `.ledger` where it is newer than
    ///   this lorad or not durable; `.locked` where another process keeps it from being opened.
    package init(
        path: String, backups: String? = nil, logPath: @escaping @Sendable (String) -> String
    ) throws {
        self.logPath = logPath
        file = LedgerFile(path: path, backups: backups)
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 3
        // Turning the write-ahead log on does not wait for another process that is about to do the same, and the migrator
        // looks before it takes SQLite's lock: a new ledger is made by one at a time.
        let lock = try Self.lock(path + ".lock")
        defer { withExtendedLifetime(lock) {} }
        try file.requirePresence()
        try file.make()
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.read(file.requireTables)
            try Self.requireDurability(pool)
            if let novelty = try pool.read(LedgerSchema.novelty) {
                throw WorkerError(
                    .ledger, "The ledger \(path) was written by a newer lorad.", cause: novelty,
                    advice: "Use that version.")
            }
            try LedgerSchema.migrator.migrate(pool)
        } catch let error as DatabaseError where Self.isDamage(error) {
            throw file.refusal("The ledger \(path) is damaged.", cause: Self.words(error))
        } catch let error as DatabaseError {
            throw Self.fault(error, "The ledger \(path) cannot be opened.")
        }
        identity = file.identity
    }

    private static func lock(_ path: String) throws -> FileLock {
        do {
            return try FileLock(path, waiting: lockTime, showing: { ForeignText.quoted($0, limit: 200) })
        } catch let error as SystemError {
            throw WorkerError(
                error.code == .locked ? .locked : .unwritable, error.message, cause: error.cause, advice: error.advice)
        }
    }

    /// The version of the tables that this lorad writes.
    package static var schemaVersion: Int { LedgerSchema.version }

    /// Of the changes that made them, in the order in which they are made.
    package static var schemaNumbers: [Int] { LedgerSchema.migrations.map(\.number) }

    /// Reads every page once, as a worker does before it rests on them.
    ///
    /// - Throws: `.ledgerRefused` with what is wrong.
    package func requireSoundness() throws {
        let findings: [String]
        do {
            findings = try pool.read { try String.fetchAll($0, sql: "PRAGMA quick_check(5)") }
        } catch let error as DatabaseError where Self.isDamage(error) {
            findings = [Self.words(error)]
        } catch let error as DatabaseError {
            throw Self.fault(error, "The ledger \(file.path) cannot be checked.")
        }
        guard findings == ["ok"] else {
            throw file.refusal("The ledger \(file.path) is damaged.", cause: findings.joined(separator: "; "))
        }
    }

    /// False once other files, or none, stand in the place of those that are written to.
    package var isInPlace: Bool { identity == nil || file.identity == identity }

    private static func isDamage(_ error: DatabaseError) -> Bool {
        [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode.primaryResultCode)
    }

    private static func words(_ error: DatabaseError) -> String {
        "SQLite \(error.resultCode.rawValue): \(error.message ?? "no message")"
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
            cause: words(error))
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

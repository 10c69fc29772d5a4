import Common
import Foundation
import GRDB
import Glibc
import OperatingSystem

/// The ledger's file and its copies: whether it is what a worker left.
struct LedgerFile: Sendable {
    let path: String
    /// The folder of its copies; nil for a ledger without any.
    let backups: String?

    private var log: String { path + "-wal" }
    private var copies: [String] { backups.map { LedgerBackup(folder: $0).copies } ?? [] }

    /// Refuses a ledger that is gone or empty although copies of it lie there: what was lost would be found out about
    /// when somebody asks for it.
    ///
    /// - Throws: `.ledgerRefused`.
    func requirePresence() throws {
        let status = FileSystem.status(path, followingLinks: true)
        guard (status?.st_size ?? 0) == 0, !copies.isEmpty else { return }
        throw refusal("The ledger \(path) is \(status == nil ? "gone" : "empty"), and there are backups of it.")
    }

    /// The same for one that SQLite takes for a database and that holds no table.
    func requireTables(_ database: Database) throws {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard count == 0, !copies.isEmpty else { return }
        throw refusal("The ledger \(path) holds nothing, and there are backups of it.")
    }

    /// Makes a missing file, so that it is this account's alone: SQLite leaves its mode to the umask, and gives its log and
    /// its shared memory the same.
    func make() throws {
        guard !FileSystem.exists(path) else { return }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw WorkerError(.unwritable, "The ledger \(path) cannot be made.", cause: FileSystem.reason())
        }
        close(descriptor)
    }

    /// A ledger that cannot be gone on with, and how to put back its latest copy.
    func refusal(_ message: String, cause: String? = nil) -> WorkerError {
        guard let copy = copies.last else {
            return WorkerError(
                .ledgerRefused, message, cause: cause,
                advice: "There is no backup of it. Keep a copy of the file: a new ledger is begun once it is gone.")
        }
        let restore =
            "cp \(Self.shell(copy)) \(Self.shell(path)) && rm -f \(Self.shell(log)) \(Self.shell(path + "-shm"))"
        return WorkerError(
            .ledgerRefused, message, cause: cause,
            advice: "Put back the latest backup: \(restore). A new ledger is begun once the file and "
                + "\(Self.shell(backups ?? "")) are moved away.")
    }

    /// As one word of a shell's command.
    private static func shell(_ text: String) -> String {
        let isPlain = text.wholeMatch(of: /[A-Za-z0-9_.,:@%+=\/-]+/) != nil
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// The files themselves, whatever their names lead to later.
    struct Identity: Equatable, Sendable {
        fileprivate let parts: [Part]

        fileprivate struct Part: Equatable, Sendable {
            let device: dev_t
            let inode: ino_t
        }
    }

    /// Which files stand there now: the ledger and its write-ahead log; nil where one is missing.
    var identity: Identity? {
        let parts = [path, log].compactMap { path in
            FileSystem.status(path, followingLinks: true).map { Identity.Part(device: $0.st_dev, inode: $0.st_ino) }
        }
        return parts.count == 2 ? Identity(parts: parts) : nil
    }
}

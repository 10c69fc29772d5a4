import Common
import Foundation
import GRDB
import OperatingSystem

/// Copies of the ledger: `backups/ledger-TIME.sqlite` in the state folder. See https://www.sqlite.org/lang_vacuum.html.
package struct LedgerBackup: Sendable {
    private static let prefix = "ledger-"
    private static let ending = ".sqlite"

    private let folder: String

    /// - Parameter folder: where the copies lie; made where missing.
    package init(folder: String) { self.folder = folder }

    /// The copies, the oldest first.
    package var copies: [String] {
        ((try? FileSystem.names(in: folder)) ?? [])
            .filter { $0.hasPrefix(Self.prefix) && $0.hasSuffix(Self.ending) }.sorted().map { folder + "/" + $0 }
    }

    /// Whether the latest copy is older than `hours`.
    package func isDue(everyHours hours: Int, now: Date = Date()) -> Bool {
        guard hours > 0 else { return false }
        guard let latest = copies.last, let status = FileSystem.status(latest) else { return true }
        return now.timeIntervalSince1970 - Double(status.st_mtim.tv_sec) >= Double(hours) * 3_600
    }

    /// Copies the ledger as it stands at one instant, checks the copy, and removes older ones beyond `keep`. Returns the
    /// copy's path. It appears whole or not at all.
    ///
    /// Throws `.ledger` where the copy is not sound: then the ledger is not either, and no older copy is removed.
    package func make(of ledger: Ledger, keep: Int, now: Date = Date()) throws -> String {
        try FileSystem.makePrivateFolder(folder)
        let path = folder + "/" + Self.prefix + Timestamp.compact(now) + Self.ending
        let partial = path + ".partial"
        unlink(partial)
        defer { unlink(partial) }
        // SQLite fills an empty file as it would make a new one, which would have the umask's mode.
        try Durable.writeNew(Data(), to: partial)
        try ledger.copy(to: partial)
        try Self.check(partial)
        try Durable.synchronize(partial)
        guard rename(partial, path) == 0 else {
            throw WorkerError(.unwritable, "The backup \(path) cannot be made.", cause: FileSystem.reason())
        }
        try Durable.synchronize(folder)
        for old in copies.dropLast(max(1, keep)) { unlink(old) }
        return path
    }

    /// Throws `.ledger` with what SQLite finds wrong in a ledger's file.
    package static func check(_ path: String) throws {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let findings = try DatabaseQueue(path: path, configuration: configuration).read {
                try String.fetchAll($0, sql: "PRAGMA integrity_check")
            }
            guard findings == ["ok"] else {
                throw WorkerError(.ledger, "\(path) is damaged.", cause: findings.prefix(5).joined(separator: "; "))
            }
        } catch let error as DatabaseError {
            throw Ledger.fault(error, "\(path) cannot be checked.")
        }
    }
}

extension Ledger {
    /// Writes the whole ledger into a new file.
    fileprivate func copy(to path: String) throws {
        do {
            try pool.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        } catch let error as DatabaseError {
            throw Self.fault(error, "The ledger could not be copied to \(path).")
        }
    }
}

import Common
import Foundation
import Glibc
import Manifests
import OperatingSystem
import Pipeline
import Publication

/// Removes old runs from the outbox by the policy of `retention` in lorad.yaml. A run that any link in its name's folder
/// leads to (`latest`, and every alias) stays, whatever the policy says.
package struct RunPruning: Sendable {
    private static let removing = ".pruned-"

    private let outbox: String
    private let policy: RetentionConfiguration

    package init(outbox: String, policy: RetentionConfiguration) {
        self.outbox = outbox
        self.policy = policy
    }

    /// One entry of a name's folder that is a run.
    private struct Run {
        let entry: String
        let isSucceeded: Bool
        let startedAt: Date

        /// `20261124T003012Z-3f9ac2b1`, with `-2` and `-failed` or `-rejected` at its end; nil for anything else.
        init?(_ entry: String) {
            let pattern = /(\d{8}T\d{6}Z)-[0-9a-f]{8}(?:-\d+)?(-failed|-rejected)?/
            guard let match = try? pattern.wholeMatch(in: entry),
                let date = Timestamp.date(compact: String(match.1))
            else { return nil }
            self.entry = entry
            isSucceeded = match.2 == nil
            startedAt = date
        }
    }

    /// Removes what is due; returns the folders. A run disappears by one rename, and nobody publishes or moves a link of
    /// the name meanwhile.
    package func prune(now: Date = Date()) throws -> [String] {
        guard policy.keepRuns != nil || policy.keepFailedDays != nil else { return [] }
        return try FileSystem.names(in: outbox).sorted().flatMap { name -> [String] in
            let folder = outbox + "/" + name
            guard !name.hasPrefix("."), name != "rejected", FileSystem.isFolder(folder) else { return [] }
            guard try hasRuns(folder), let lock = try lock(folder) else { return [] }
            return try withExtendedLifetime(lock) { try prune(folder, now: now) }
        }
    }

    /// Where nothing is lorad's, no lock file is made.
    private func hasRuns(_ folder: String) throws -> Bool {
        try FileSystem.names(in: folder).contains { $0.hasPrefix(Self.removing) || Run($0) != nil }
    }

    /// Nil while somebody publishes there: the next round comes.
    private func lock(_ folder: String) throws -> FileLock? {
        try FileLock.ifFree(folder + "/" + OutboxPlace.entryLock)
    }

    private func prune(_ folder: String, now: Date) throws -> [String] {
        let entries = try FileSystem.names(in: folder)
        for entry in entries where entry.hasPrefix(Self.removing) { remove(folder + "/" + entry) }
        let protected = Set(entries.compactMap { Self.target(ofLink: folder + "/" + $0) })
        let due = due(entries.compactMap(Run.init), now: now).filter { run in
            guard let path = Self.resolved(folder + "/" + run.entry) else { return false }
            return !protected.contains { $0 == path || $0.hasPrefix(path + "/") }
        }
        return try due.map { run in
            let path = folder + "/" + run.entry
            let hidden = folder + "/" + Self.removing + run.entry
            guard rename(path, hidden) == 0 else {
                throw WorkerError(.unwritable, "The old run \(path) cannot be removed.", cause: FileSystem.reason())
            }
            remove(hidden)
            return path
        }
    }

    private func due(_ runs: [Run], now: Date) -> [Run] {
        func isOlder(_ run: Run, than days: Int) -> Bool {
            now.timeIntervalSince(run.startedAt) > Double(days) * 86_400
        }
        let succeeded = runs.filter(\.isSucceeded).sorted { $0.entry > $1.entry }
        let old = policy.keepRuns.map { succeeded.dropFirst($0).filter { isOlder($0, than: policy.keepDays) } } ?? []
        let failed = policy.keepFailedDays.map { days in
            runs.filter { !$0.isSucceeded && isOlder($0, than: days) }
        }
        return old + (failed ?? [])
    }

    private func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    private static func target(ofLink path: String) -> String? {
        guard let status = FileSystem.status(path), status.st_mode & S_IFMT == S_IFLNK else { return nil }
        return resolved(path)
    }

    /// The path with every link followed; nil where it leads nowhere.
    private static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}

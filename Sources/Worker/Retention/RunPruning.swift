import Common
import Foundation
import Glibc
import Manifests
import OperatingSystem
import Pipeline
import Publication
import Registry

/// Removes old runs from the outbox by the policy of `retention` in lorad.yaml. A run that any link in its name's folder
/// leads to (`latest`, and every alias) stays, whatever the policy says, and so does what the registry cannot do without:
/// see `VersionRetention`.
///
/// Earlier, each night had a folder of its own, `NAME-STAMP`, with a `latest` that nothing ever moved on: those
/// count as runs of `NAME`, and that link protects none of them.
package struct RunPruning: Sendable {
    private static let removing = ".pruned-"

    private let outbox: String
    private let policy: RetentionConfiguration
    private let registry: VersionRetention?
    /// Runs, as paths from the outbox, that jobs which have not ended still need.
    private let pinned: Set<String>

    /// - Parameter registry: nil where nothing is known of versions.
    package init(
        outbox: String, policy: RetentionConfiguration, registry: VersionRetention? = nil, pinned: Set<String> = []
    ) {
        self.outbox = outbox
        self.policy = policy
        self.registry = registry
        self.pinned = pinned
    }

    /// One entry of a name's folder that is a run.
    private struct Run {
        let folder: String
        let entry: String
        let isSucceeded: Bool
        let startedAt: Date
        /// From the outbox.
        var path: String { "\(folder)/\(entry)" }

        /// `20261124T003012Z-3f9ac2b1`, with `-2` and `-failed` or `-rejected` at its end; nil for anything else.
        init?(_ entry: String, in folder: String) {
            let pattern = /(\d{8}T\d{6}Z)-[0-9a-f]{8}(?:-\d+)?(-failed|-rejected)?/
            guard let match = try? pattern.wholeMatch(in: entry),
                let date = Timestamp.date(compact: String(match.1))
            else { return nil }
            self.folder = folder
            self.entry = entry
            isSucceeded = match.2 == nil
            startedAt = date
        }
    }

    /// Removes what is due; returns the folders. A run disappears by one rename, and nobody publishes or moves a link of
    /// the name meanwhile.
    ///
    /// - Parameter name: of this name alone; nil for every name.
    package func prune(name: String? = nil, now: Date = Date()) throws -> [String] {
        guard policy.keepRuns != nil || policy.keepFailedDays != nil else { return [] }
        let families = try families(name)
        let due = try due(in: families, now: now)
        return try families.flatMap { try remove(due, of: $0) }
    }

    /// The folders that `prune` would remove; nothing is touched.
    package func candidates(name: String? = nil, now: Date = Date()) throws -> [String] {
        guard policy.keepRuns != nil || policy.keepFailedDays != nil else { return [] }
        return try due(in: families(name), now: now).map { "\(outbox)/\($0.path)" }
    }

    /// The folders of each name, its own and those of its nights.
    private func families(_ name: String?) throws -> [[String]] {
        let names = try FileSystem.names(in: outbox).filter { OutboxPlace.isName($0, in: outbox) }
        let families = Dictionary(grouping: names) { Stamp.parts(of: $0)?.name ?? $0 }
        return families.filter { name == nil || $0.key == name }.sorted { $0.key < $1.key }.map { $0.value.sorted() }
    }

    /// What the policy wants removed, and nothing holds.
    private func due(in families: [[String]], now: Date) throws -> [Run] {
        let old: [(run: Run, isLinked: Bool)] = try families.flatMap { names in
            let runs = try names.flatMap { name in
                try FileSystem.names(in: outbox + "/" + name).compactMap { Run($0, in: name) }
            }
            let links = try Set(names.flatMap { try self.linked($0) })
            return self.due(runs, now: now).map { (run: $0, isLinked: isHeld($0, by: links)) }
        }
        let linked = Set(old.filter(\.isLinked).map(\.run.path))
        let held = try registry?.indispensable(among: Set(old.map(\.run.path)), alsoKept: linked.union(pinned)) ?? []
        let staying = linked.union(pinned).union(held)
        return old.map(\.run).filter { !staying.contains($0.path) }
    }

    /// Removes of a name's folders what is due.
    private func remove(_ due: [Run], of names: [String]) throws -> [String] {
        let due = Dictionary(grouping: due, by: \.folder)
        return try names.flatMap { name -> [String] in
            let folder = outbox + "/" + name
            // Where nothing is lorad's, no lock file is made.
            guard try hasRuns(folder), let lock = try lock(folder) else { return [] }
            return try withExtendedLifetime(lock) {
                let removed = try remove(due[name] ?? [], from: name)
                if !removed.isEmpty, Stamp.parts(of: name) != nil { tidy(folder) }
                return removed
            }
        }
    }

    private func hasRuns(_ folder: String) throws -> Bool {
        try FileSystem.names(in: folder).contains { $0.hasPrefix(Self.removing) || Run($0, in: folder) != nil }
    }

    /// Nil while somebody publishes there: the next round comes.
    private func lock(_ folder: String) throws -> FileLock? {
        try FileLock.ifFree(folder + "/" + OutboxPlace.entryLock)
    }

    /// Where the links of a name's folder lead, every link followed. `latest` of a single night's folder says nothing.
    private func linked(_ name: String) throws -> Set<String> {
        let folder = outbox + "/" + name
        let isNight = Stamp.parts(of: name) != nil
        let links = try FileSystem.names(in: folder).filter { !isNight || $0 != OutboxPlace.latest }
        return Set(links.compactMap { Self.target(ofLink: folder + "/" + $0) })
    }

    /// Whether a link leads to the run, or into it; or it is not there.
    private func isHeld(_ run: Run, by links: Set<String>) -> Bool {
        guard let resolved = Self.resolved("\(outbox)/\(run.path)") else { return true }
        return links.contains { $0 == resolved || $0.hasPrefix(resolved + "/") }
    }

    /// Links and aliases are looked at once more: whoever moves one to a run holds the lock that is held here.
    private func remove(_ due: [Run], from name: String) throws -> [String] {
        let folder = outbox + "/" + name
        for entry in try FileSystem.names(in: folder) where entry.hasPrefix(Self.removing) {
            remove(folder + "/" + entry)
        }
        guard !due.isEmpty else { return [] }
        let protected = try linked(name)
        let aliased = try registry?.aliased() ?? []
        return try due.compactMap { run in
            let path = folder + "/" + run.entry
            guard !isHeld(run, by: protected), !aliased.contains(run.path) else { return nil }
            let hidden = folder + "/" + Self.removing + run.entry
            guard rename(path, hidden) == 0 else {
                throw WorkerError(.unwritable, "The old run \(path) cannot be removed.", cause: FileSystem.reason())
            }
            remove(hidden)
            return path
        }
    }

    /// Removes a night's folder in which no run is left: a `latest` that leads nowhere, the lock, the folder. Anything else
    /// in it keeps it.
    private func tidy(_ folder: String) {
        let latest = folder + "/" + OutboxPlace.latest
        let isLink = FileSystem.status(latest).map { $0.st_mode & S_IFMT == S_IFLNK } ?? false
        if isLink, Self.target(ofLink: latest) == nil { unlink(latest) }
        guard let left = try? FileSystem.names(in: folder), left == [OutboxPlace.entryLock] else { return }
        unlink(folder + "/" + OutboxPlace.entryLock)
        rmdir(folder)
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

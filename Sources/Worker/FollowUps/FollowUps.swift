import Common
import Foundation
import Glibc
import Ledger
import Manifests
import OperatingSystem
import Registry
import Webhooks

/// Does what `after_promote` of lorad.yaml asks for, on a thread of its own: exports the version that an alias leads to, and
/// swaps the link that a server follows.
///
/// It goes by where aliases lead, not by who moved them: whatever moved one, by hand or by itself, while this worker ran or
/// before it did, is followed. What fails is tried again, at ever longer intervals; the alias stays where it is.
package final class FollowUps: Sendable {
    /// Seconds between two looks: another process may have moved an alias, and none of them can wake this one.
    private static let interval = 5.0
    /// Seconds to the next attempt after the first, second, … failure; the last one holds for all that come after.
    private static let waits = [15.0, 60, 300, 900, 3_600]

    private let ledger: Ledger
    private let registry: Registry
    private let current: @Sendable () -> WorkerSettings
    private let announcer: Announcer
    private let exporter: any Exporter
    private let troubles: Troubles
    private let wake: @Sendable () -> Void
    private let bell = Bell()

    /// - Parameters:
    ///   - current: the settings, asked anew each time, as lorad.yaml may be read again.
    ///   - wake: called when there is something to be delivered.
    package init(
        ledger: Ledger, registry: Registry, announcer: Announcer, exporter: any Exporter,
        troubles: Troubles = Troubles(), current: @escaping @Sendable () -> WorkerSettings,
        wake: @escaping @Sendable () -> Void = {}
    ) {
        self.ledger = ledger
        self.registry = registry
        self.announcer = announcer
        self.exporter = exporter
        self.troubles = troubles
        self.current = current
        self.wake = wake
    }

    private var entries: [FollowUpConfiguration] { current().configuration.afterPromote }
    private func log(_ line: String) { current().log("after_promote: " + line) }

    package func start() {
        WorkerThread.start(name: "exports", stackSize: 1 << 20) { [self] in
            while !bell.isStopped {
                round()
                bell.pause(seconds: Self.interval)
            }
            bell.finish()
        }
    }

    /// Looks at once where aliases lead.
    package func ring() { bell.ring() }

    /// Breaks off what is under way, as if it had not been tried, and waits for the thread.
    package func stop() {
        bell.stop()
        bell.waitUntilFinished()
    }

    /// Does what is due, each once.
    package func round(now: @autoclosure () -> Date = Date()) {
        do {
            let entries = Dictionary(
                try entries.map { (try CompactJSON.encode($0), $0) }, uniquingKeysWith: { first, _ in first })
            try ledger.forgetFollowUps(except: Set(entries.keys))
            guard !entries.isEmpty else { return }
            for (key, entry) in entries { try look(entry, key, now()) }
            for record in try ledger.followUps() where record.state == .pending {
                // The first attempt waits for nothing: its time is remembered to the millisecond, and may lie ahead of this.
                guard record.attempts == 0 || record.dueAt <= now() else { continue }
                guard !bell.isStopped, let entry = entries[record.entry] else { continue }
                follow(record, entry, now())
            }
            troubles.clear("after_promote")
        } catch {
            guard troubles.isNew(error, for: "after_promote") else { return }
            log(ErrorLines.of(error).joined(separator: " "))
        }
    }

    /// Notes where the aliases of an entry lead, and what is not in its place any more.
    private func look(_ entry: FollowUpConfiguration, _ key: String, _ now: Date) throws {
        let isMeant = { (name: String) in
            entry.names.isEmpty || entry.names.contains { fnmatch($0, name, 0) == 0 }
        }
        let records = Dictionary(
            try ledger.followUps().filter { $0.entry == key }.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first })
        for name in try ledger.namesOfAliases() where isMeant(name) {
            guard let target = try ledger.aliases(of: name).first(where: { $0.alias == entry.alias })?.target else {
                continue
            }
            var isGone = false
            if let record = records[name], record.state == .done, record.target == target {
                isGone = try !isInPlace(record, entry)
            }
            try ledger.want(
                entry: key, label: entry.name, name: name, target: target, again: isGone, now: now)
        }
    }

    private func isInPlace(_ record: FollowUpRecord, _ entry: FollowUpConfiguration) throws -> Bool {
        let place = ExportPlace(entry, name: record.name)
        guard let number = record.target.number else { return !FileSystem.exists(place.current) }
        guard let version = try ledger.versions(of: record.name).first(where: { $0.number == number }) else {
            return true
        }
        return place.serves(try ExportPlace.name(of: version, by: entry))
    }

    private func follow(_ record: FollowUpRecord, _ entry: FollowUpConfiguration, _ now: Date) {
        let what = "\(entry.name) of \(record.name)"
        do {
            let (words, folder) = try export(record, entry)
            let place = ExportPlace(entry, name: record.name)
            let message = ExportMessage(
                name: record.name, alias: entry.alias, target: record.target, entry: entry.name,
                export: entry.export.rawValue, current: folder.map { _ in place.current }, folder: folder, time: now)
            try ledger.finish(
                record, result: words, telling: try announcer.deliveries(of: message, toHooks: entry.notify),
                alias: "\(record.name)@\(entry.alias)", now: now)
            log("\(what): \(Self.words(record.target)) is in its place (\(words))")
            wake()
            try place.tidy(keep: entry.keep)
        } catch {
            // Given up because the worker stops: the next one begins anew, as if nothing had been tried.
            guard !bell.isStopped else { return }
            postpone(record, what, now, ErrorLines.of(error).joined(separator: " "))
        }
    }

    private func postpone(_ record: FollowUpRecord, _ what: String, _ now: Date, _ words: String) {
        let wait = Self.waits[min(record.attempts, Self.waits.count - 1)]
        do {
            try ledger.postpone(record, until: now + wait, result: words)
            log("\(what): \(Self.words(record.target)) failed, tried again in \(Int(wait)) s: \(words)")
        } catch {
            log("\(what): " + ErrorLines.of(error).joined(separator: " "))
        }
    }

    /// Makes an alias's place what the alias says. Returns what there is to say of it, and the export's folder; nil for the
    /// bare base, of which there is none.
    private func export(_ record: FollowUpRecord, _ entry: FollowUpConfiguration) throws -> (String, String?) {
        let place = ExportPlace(entry, name: record.name)
        guard let number = record.target.number else {
            try place.point(at: nil)
            return ("no adapter: the link is taken away", nil)
        }
        let reference = VersionReference(name: record.name, .number(number))
        let adapter = try registry.adapterFolder(reference)
        let version = try registry.version(reference)
        let name = try ExportPlace.name(of: version, by: entry)
        let output = "\(place.folder)/\(name)"
        var words = "it was there"
        // It appeared by one rename, and so it is whole.
        if !FileSystem.isRealFolder(output) {
            try FileSystem.makeFolder(place.folder)
            try place.tidy(keep: entry.keep)
            let order = ExportOrder(
                name: record.name, adapter: adapter, base: try base(of: version, entry), form: entry.export,
                type: entry.type, dtype: entry.dtype, maxKL: entry.maxKL, output: output,
                threads: current().configuration.threads)
            words = try exporter.export(order) { !bell.isStopped }
        }
        try place.point(at: name)
        return (words, output)
    }

    private func base(of version: AdapterVersion, _ entry: FollowUpConfiguration) throws -> String {
        if let base = entry.base { return base }
        let paths = registry.origin(of: version)?.basePaths ?? []
        if let path = paths.first(where: FileSystem.exists) { return path }
        throw WorkerError(
            .export, "The base of \(version.reference) is not where its run found it.",
            cause: paths.first.map { "That was \($0)." }, advice: "Name it: base of the entry in lorad.yaml.")
    }

    private static func words(_ target: AliasTarget) -> String {
        target.number.map { "version \($0)" } ?? "the bare base"
    }
}

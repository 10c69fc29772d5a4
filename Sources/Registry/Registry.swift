import Common
import ForeignText
import Foundation
import Ledger
import Manifests
import Publication

/// Which adapter serves, and why: immutable versions of every name, and aliases that move between them.
///
/// The ledger is what holds. The links in the outbox and `registry.json` follow it, under one lock each time from what the
/// ledger says then, so that whatever was cut off in between is made good by whoever comes next.
package struct Registry: Sendable {
    let ledger: Ledger
    let outbox: String
    let announcer: any AliasAnnouncer

    /// - Parameters:
    ///   - outbox: where runs are published.
    ///   - announcer: who is told of aliases that move.
    package init(ledger: Ledger, outbox: String, announcer: any AliasAnnouncer) {
        self.ledger = ledger
        self.outbox = outbox
        self.announcer = announcer
    }

    private var runs: OutboxVersions { OutboxVersions(outbox: outbox) }

    /// Names that have versions, or runs that are to become some.
    package func names() throws -> [String] {
        Set(try ledger.namesOfVersions() + (FileSystem.isFolder(outbox) ? runs.names() : [])).sorted()
    }

    /// Gives a number to every succeeded run of a name that has none yet, and makes the links and `registry.json` say what
    /// the ledger does.
    ///
    /// - Throws: `WorkerError` of the ledger; `PublicationError.rejected` where something else than a link stands in the
    ///   place of an alias; `SystemError` where the outbox cannot be written.
    @discardableResult
    package func follow(_ name: String) throws -> RegistryEntry {
        let found = FileSystem.isFolder(outbox) ? try runs.runs(of: name) : []
        let known = Set(try ledger.versions(of: name).map(\.run))
        let new = found.filter { !known.contains($0) }
        let readable = new.compactMap(runs.version)
        if !readable.isEmpty { _ = try ledger.register(readable, of: name) }
        let unreadable = new.filter { run in !readable.contains { $0.run == run } }
        // Where nothing is, nothing is made: its file system may not be mounted.
        guard !found.isEmpty || FileSystem.isFolder("\(outbox)/\(name)") else {
            return try entry(name, unreadable)
        }
        return try AliasLinks.locked(outbox: outbox, name: name) { links in
            let entry = try entry(name, unreadable)
            guard !entry.versions.isEmpty else { return entry }
            for alias in entry.aliases { try links.set(alias.alias, to: entry.version(alias.target.number)?.run) }
            let mirror = RegistryMirror(entry)
            try links.write(try mirror.data(), RegistryMirror.fileName)
            return entry
        }
    }

    private func entry(_ name: String, _ unreadable: [String]) throws -> RegistryEntry {
        RegistryEntry(
            name: name, versions: try ledger.versions(of: name), aliases: try ledger.aliases(of: name),
            remarks: try ledger.remarks(of: name), unreadable: unreadable)
    }

    /// The same of a name that must have versions.
    ///
    /// - Throws: `RegistryError.missing` with the closest name, and as `follow`.
    package func known(_ name: String) throws -> RegistryEntry {
        let entry = try follow(name)
        guard entry.versions.isEmpty else { return entry }
        let closest = Suggestion.closest(to: name, among: try names())
        throw RegistryError(
            .missing, "There is no version of \(ForeignText.quoted(name, limit: 80)).",
            cause: entry.unreadable.first.map { "The report or SHA256SUMS of \($0) cannot be read." },
            advice: closest.map { "Did you mean \($0)?" } ?? "A run that succeeds becomes one; see `lorad runs`.")
    }

    /// Every move of a name's aliases, or of one of them, the latest first.
    package func moves(of name: String, alias: String? = nil) throws -> [AliasMove] {
        try ledger.aliasMoves(of: name, alias: alias)
    }

    /// The folder of a version.
    package func folder(of version: AdapterVersion) -> String { "\(outbox)/\(version.run)" }

    /// Whether a version's folder is there.
    package func isThere(_ version: AdapterVersion) -> Bool { FileSystem.isFolder(folder(of: version)) }

    /// The version that a reference stands for at this moment.
    ///
    /// - Throws: `RegistryError.missing` for what there is not, `.refused` for an alias that leads to the bare base, or a
    ///   digest that several versions begin with.
    package func version(_ reference: VersionReference) throws -> AdapterVersion {
        let entry = try known(reference.name)
        switch reference.selector {
        case .number(let number):
            if let version = entry.version(number) { return version }
            throw RegistryError(
                .missing, "\(reference.name) has no version \(number).",
                advice: "It has \(Self.range(entry.versions.map(\.number))).")
        case .digest(let digits):
            let found = entry.versions.filter { $0.digest.hasPrefix(digits) }
            if let version = found.first, found.count == 1 { return version }
            throw RegistryError(
                found.isEmpty ? .missing : .refused,
                found.isEmpty
                    ? "No version of \(reference.name) has the digest sha256:\(digits)."
                    : "Several versions of \(reference.name) have a digest that begins with \(digits).",
                advice: found.isEmpty
                    ? "It is that of the run's SHA256SUMS." : "Write more of its digits.")
        case .alias(let alias): return try version(alias, in: entry)
        }
    }

    private func version(_ alias: String, in entry: RegistryEntry) throws -> AdapterVersion {
        if alias == AliasName.base || entry.target(of: alias) == .base {
            throw RegistryError(
                .refused, "\(entry.name)@\(alias) is the bare base, without an adapter.",
                advice: "Leave the adapter out, or name a version.")
        }
        if let version = entry.version(entry.target(of: alias)?.number) { return version }
        let names = entry.aliases.map(\.alias)
        let closest = Suggestion.closest(to: alias, among: names)
        throw RegistryError(
            .missing, "\(entry.name) has no alias \(alias).",
            cause: names.isEmpty ? "It has none at all." : "It has \(names.joined(separator: ", ")).",
            advice: closest.map { "Did you mean \(entry.name)@\($0)?" }
                ?? "`lorad registry promote \(entry.name)@NUMBER --alias \(alias)` makes one.")
    }

    /// The folder of the version that a reference stands for, for whoever loads the adapter.
    ///
    /// - Throws: as `version`; `RegistryError.refused` for a version that is retired, or whose files are not in their place
    ///   or not those that were published.
    package func adapterFolder(_ reference: VersionReference) throws -> String {
        let version = try version(reference)
        if let retirement = version.retirement {
            throw RegistryError(
                .refused, "\(version.reference) is retired.", cause: ForeignText.line(retirement.reason),
                advice: "Name its folder, \(folder(of: version)), to look at it all the same.")
        }
        try requireListed(version)
        return folder(of: version)
    }

    /// `1 to 17`, for numbers without a gap.
    private static func range(_ numbers: [Int]) -> String {
        guard let first = numbers.first, let last = numbers.last else { return "none" }
        return first == last ? "\(first)" : "\(first) to \(last)"
    }
}

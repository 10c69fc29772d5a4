import Common
import Foundation
import Ledger
import Manifests
import Publication

/// An alias's move, as it was done.
package struct AliasMovement: Sendable {
    package let name: String
    package let alias: String
    package let from: AliasTarget?
    package let to: AliasTarget
    /// What spoke against it.
    package let objections: [String]

    /// Whether it led there already, so that nothing was moved.
    package var isRepeated: Bool { from == to }
}

extension Registry {
    /// Makes an alias lead to a version, or to the bare base. Where `champion` led before becomes `previous`.
    ///
    /// - Parameters:
    ///   - by: who asks.
    ///   - force: goes against what speaks against it; needs a reason, which is remembered.
    ///   - expecting: where the alias must lead until then; nil for wherever it does.
    /// - Throws: `RegistryError.refused` where the version's files are not those that were published, it is retired, a whole
    ///   model and no adapter, or something speaks against it; `.moved` where somebody else moved the alias meanwhile;
    ///   `.missing`, `.malformed`.
    package func promote(
        _ name: String, to target: AliasTarget, alias: String = AliasName.champion, by: String, reason: String? = nil,
        force: Bool = false, expecting: AliasTarget?? = nil
    ) throws -> AliasMovement {
        try AliasName.requireMovable(alias)
        try Self.requireShort(reason)
        let entry = try known(name)
        let current = entry.target(of: alias)
        if let expecting, expecting != current {
            throw RegistryError(.moved, "Somebody else moved \(name)@\(alias) meanwhile\(Self.words(current)).")
        }
        var objections: [String] = []
        if let number = target.number {
            let version = try usable(number, of: entry)
            let (versions, serving) = (OutboxVersions(outbox: outbox), entry.version(current?.number))
            objections = PromotionRule.objections(
                to: version, versions.report(version.run), replacing: serving,
                serving.flatMap { versions.report($0.run) })
        }
        guard objections.isEmpty || force && reason?.isEmpty == false else {
            throw RegistryError(
                .refused, "\(name)@\(target.number ?? 0) is not promoted.", cause: objections.joined(separator: " "),
                advice: "With --force and a --reason, which is remembered, it is.")
        }
        return try move(alias, of: entry, to: target, by: by, reason: reason, isForced: !objections.isEmpty, objections)
    }

    /// Makes an alias lead back: where it led before its last move, to the base where it led nowhere, or where it is told.
    /// Twice is back again.
    ///
    /// - Throws: as `promote`; `RegistryError.missing` where there is no such alias.
    package func rollback(
        _ name: String, alias: String = AliasName.champion, to wanted: AliasTarget? = nil, by: String,
        reason: String? = nil
    ) throws -> AliasMovement {
        try AliasName.requireMovable(alias)
        try Self.requireShort(reason)
        let entry = try known(name)
        guard entry.target(of: alias) != nil else {
            throw RegistryError(
                .missing, "\(name) has no \(alias) to roll back.",
                advice: "`lorad registry promote \(name)@NUMBER` makes one.")
        }
        let target = try wanted ?? ledger.aliasMoves(of: name, alias: alias).first?.from ?? .base
        if let number = target.number { _ = try usable(number, of: entry) }
        return try move(alias, of: entry, to: target, by: by, reason: reason, isForced: false, [])
    }

    /// Says that a version must not be used any more. Its files stay, and its number.
    ///
    /// - Throws: `RegistryError.refused` where an alias leads to it.
    package func retire(_ reference: VersionReference, reason: String) throws -> AdapterVersion {
        try Self.requireShort(reason)
        let version = try version(reference)
        let holders = try ledger.retire(version, reason: reason)
        guard holders.isEmpty else {
            throw RegistryError(
                .refused, "\(version.reference) is in use: \(holders.joined(separator: ", ")) leads to it.",
                advice: "Move the alias first.")
        }
        return try follow(version.name).version(version.number) ?? version
    }

    /// Bytes of the longest reason.
    private static let longestReason = 1_000

    /// A reason or a note is remembered for ever, and shown in a line.
    static func requireShort(_ text: String?, what: String = "reason") throws {
        guard let text else { return }
        guard text.utf8.count <= longestReason, text.contains(where: { !$0.isWhitespace }) else {
            throw RegistryError(
                .malformed, "A \(what) has 1 to \(longestReason) bytes; this one has \(text.utf8.count).",
                advice: what == "reason" ? "Say in a sentence why." : "Say it in a few sentences.")
        }
    }

    /// A version that may serve.
    private func usable(_ number: Int, of entry: RegistryEntry) throws -> AdapterVersion {
        let version = try version(VersionReference(name: entry.name, .number(number)))
        if let retirement = version.retirement {
            throw RegistryError(.refused, "\(version.reference) is retired.", cause: retirement.reason)
        }
        guard OutboxVersions(outbox: outbox).report(version.run)?.provenance.adapter.isModel != true else {
            throw RegistryError(
                .refused, "\(version.reference) is a whole model, and no adapter that serves beside a base.",
                advice: "Serve it as a base: \(folder(of: version))/model.")
        }
        try requireIntact(version, of: entry)
        return version
    }

    private func move(
        _ alias: String, of entry: RegistryEntry, to target: AliasTarget, by: String, reason: String?,
        isForced: Bool, _ objections: [String]
    ) throws -> AliasMovement {
        let current = entry.target(of: alias)
        let movement = AliasMovement(
            name: entry.name, alias: alias, from: current, to: target, objections: objections)
        guard !movement.isRepeated else { return movement }
        try AliasLinks.check(outbox: outbox, name: entry.name, alias: alias)
        var changes = [AliasChange(alias, from: current, to: target)]
        if alias == AliasName.champion, let current {
            changes.append(
                AliasChange(AliasName.previous, from: entry.target(of: AliasName.previous), to: current))
        }
        let version = entry.version(target.number)
        let outcome = try locked(entry.name, where: version != nil) {
            // Retention removes under the same lock, and asks the ledger there: it cannot come in between.
            if let version { try requireListed(version) }
            return try ledger.move(
                changes, of: entry.name, by: by, reason: reason, isForced: isForced, announcer: announcer)
        }
        switch outcome {
        case .moved: break
        case .elsewhere(let alias, let target):
            throw RegistryError(
                .moved, "Somebody else moved \(entry.name)@\(alias) meanwhile\(Self.words(target)).",
                advice: "Look at it again, and then at what you wanted: `lorad registry history \(entry.name)`.")
        case .unusable(let number):
            throw RegistryError(.refused, "\(entry.name)@\(number) was retired meanwhile.")
        }
        try follow(entry.name)
        return movement
    }

    /// Runs `body` while nobody adds or removes runs of the name, where that matters: the folder is made if it is not there.
    private func locked<Result>(_ name: String, where isNeeded: Bool, _ body: () throws -> Result) throws -> Result {
        guard isNeeded else { return try body() }
        return try AliasLinks.locked(outbox: outbox, name: name) { _ in try body() }
    }

    private static func words(_ target: AliasTarget?) -> String {
        switch target {
        case .version(let number): ", to \(number)"
        case .base: ", to the bare base"
        case nil: ""
        }
    }
}

import Foundation
import Ledger
import Registry

/// A version, `lorad registry list NAME --json` and `show`.
package struct VersionAnswer: Encodable {
    package let name: String
    package let version: Int
    /// `NAME@VERSION`.
    package let reference: String
    /// The SHA-256 of the run's `SHA256SUMS`.
    package let sha256: String
    package let runFolder: String
    /// Whether the folder is there.
    package let isThere: Bool
    package let aliases: [String]
    package let baseSHA256: String
    package let tokenizerSHA256: String
    package let publishedAt: Date
    package let retiredAt: Date?
    package let retiredBecause: String?
    /// Absent where lorad trained it: `unverified`, or `verified` once it has passed parity on its base.
    package let imported: String?
    package let tags: [String: VersionTagAnswer]
    /// The earliest first.
    package let notes: [VersionNoteAnswer]

    private enum CodingKeys: String, CodingKey {
        case name, version, reference, sha256, aliases, imported, tags, notes
        case runFolder = "run_dir"
        case isThere = "present"
        case baseSHA256 = "base_sha256"
        case tokenizerSHA256 = "tokenizer_sha256"
        case publishedAt = "published_at"
        case retiredAt = "retired_at"
        case retiredBecause = "retired_because"
    }

    package init(_ version: AdapterVersion, in entry: RegistryEntry, of registry: Registry) {
        name = version.name
        self.version = version.number
        reference = version.reference
        sha256 = version.digest
        runFolder = registry.folder(of: version)
        isThere = registry.isThere(version)
        aliases = entry.aliases(of: version)
        baseSHA256 = version.baseSHA256
        tokenizerSHA256 = version.tokenizerSHA256
        publishedAt = version.publishedAt
        retiredAt = version.retirement?.date
        retiredBecause = version.retirement?.reason
        imported = version.standing == .published ? nil : version.standing.rawValue
        tags = Dictionary(uniqueKeysWithValues: entry.tags(of: version).map { ($0.key, VersionTagAnswer($0)) })
        notes = entry.notes(of: version).map(VersionNoteAnswer.init)
    }
}

/// Where an alias leads; exactly one of the two is said.
package struct AliasTargetAnswer: Encodable {
    package let version: Int?
    package let base: Bool?

    package init?(_ target: AliasTarget?) {
        guard let target else { return nil }
        version = target.number
        base = target == .base ? true : nil
    }
}

/// A name in short, `lorad registry list --json`.
package struct RegistryNameAnswer: Encodable {
    package let name: String
    package let versions: Int
    package let newest: Int?
    package let aliases: [String: AliasTargetAnswer]

    package init(_ entry: RegistryEntry) {
        name = entry.name
        versions = entry.versions.count
        newest = entry.versions.last?.number
        aliases = Dictionary(
            uniqueKeysWithValues: entry.aliases.compactMap { alias in
                AliasTargetAnswer(alias.target).map { (alias.alias, $0) }
            })
    }
}

/// One move, `lorad registry history NAME --json`.
package struct AliasMoveAnswer: Encodable {
    package let alias: String
    package let from: AliasTargetAnswer?
    package let to: AliasTargetAnswer?
    package let movedAt: Date
    package let movedBy: String
    package let reason: String?
    package let forced: Bool

    private enum CodingKeys: String, CodingKey {
        case alias, from, to, reason, forced
        case movedAt = "moved_at"
        case movedBy = "moved_by"
    }

    package init(_ move: AliasMove) {
        alias = move.alias
        from = AliasTargetAnswer(move.from)
        to = AliasTargetAnswer(move.to)
        movedAt = move.date
        movedBy = move.by
        reason = move.reason
        forced = move.isForced
    }
}

/// What `lorad registry promote` and `rollback` did, with `--json`.
package struct AliasMovementAnswer: Encodable {
    package let name: String
    package let alias: String
    package let from: AliasTargetAnswer?
    package let to: AliasTargetAnswer?
    package let moved: Bool
    /// What spoke against it, where somebody insisted.
    package let objections: [String]

    package init(_ movement: AliasMovement) {
        name = movement.name
        alias = movement.alias
        from = AliasTargetAnswer(movement.from)
        to = AliasTargetAnswer(movement.to)
        moved = !movement.isRepeated
        objections = movement.objections
    }
}

import Common
import Foundation
import Ledger

/// `outbox/NAME/registry.json`: versions and aliases, so that a server can follow them without lorad. Version 1: keys may be
/// added, never renamed.
struct RegistryMirror: Codable, Equatable {
    static let fileName = "registry.json"

    struct Version: Codable, Equatable {
        let version: Int
        /// The folder's path from the outbox.
        let run: String
        let sha256: String
        let baseSHA256: String
        let publishedAt: Date
        let retiredAt: Date?
        /// Absent where lorad trained it: `unverified`, or `verified` once it has passed parity on its base.
        let imported: String?
        let tags: [String: Tag]?
        let notes: [Note]?

        private enum CodingKeys: String, CodingKey {
            case version, run, sha256, imported, tags, notes
            case baseSHA256 = "base_sha256"
            case publishedAt = "published_at"
            case retiredAt = "retired_at"
        }
    }

    struct Tag: Codable, Equatable {
        /// Absent for a tag that is only there or not.
        let value: String?
        let setAt: Date
        let setBy: String

        private enum CodingKeys: String, CodingKey {
            case value
            case setAt = "set_at"
            case setBy = "set_by"
        }
    }

    struct Note: Codable, Equatable {
        let text: String
        let writtenAt: Date
        let writtenBy: String

        private enum CodingKeys: String, CodingKey {
            case text
            case writtenAt = "written_at"
            case writtenBy = "written_by"
        }
    }

    struct Alias: Codable, Equatable {
        /// Absent where the alias leads to the bare base.
        let version: Int?
        let run: String?
        let sha256: String?
        /// Whether it leads to the bare base.
        let base: Bool
        let movedAt: Date

        private enum CodingKeys: String, CodingKey {
            case version, run, sha256, base
            case movedAt = "moved_at"
        }
    }

    let formatVersion: Int
    let name: String
    let versions: [Version]
    let aliases: [String: Alias]

    private enum CodingKeys: String, CodingKey {
        case name, versions, aliases
        case formatVersion = "format_version"
    }

    init(_ entry: RegistryEntry) {
        formatVersion = 1
        name = entry.name
        versions = entry.versions.map { Version($0, entry) }
        aliases = Dictionary(
            uniqueKeysWithValues: entry.aliases.map { alias in
                let version = entry.version(alias.target.number)
                return (
                    alias.alias,
                    Alias(
                        version: version?.number, run: version?.run, sha256: version?.digest,
                        base: alias.target == .base, movedAt: alias.movedAt)
                )
            })
    }

    /// The file's bytes.
    func data() throws -> Data { try JSONCoding.encoder(.document).encode(self) + Data("\n".utf8) }
}

extension RegistryMirror.Version {
    init(_ version: AdapterVersion, _ entry: RegistryEntry) {
        let tags = entry.tags(of: version).map { ($0.key, RegistryMirror.Tag($0)) }
        let notes = entry.notes(of: version).map {
            RegistryMirror.Note(text: $0.text ?? "", writtenAt: $0.date, writtenBy: $0.by)
        }
        self.init(
            version: version.number, run: version.run, sha256: version.digest, baseSHA256: version.baseSHA256,
            publishedAt: version.publishedAt, retiredAt: version.retirement?.date,
            imported: version.standing == .published ? nil : version.standing.rawValue,
            tags: tags.isEmpty ? nil : Dictionary(uniqueKeysWithValues: tags), notes: notes.isEmpty ? nil : notes)
    }
}

extension RegistryMirror.Tag {
    init(_ tag: VersionTag) { self.init(value: tag.value, setAt: tag.date, setBy: tag.by) }
}

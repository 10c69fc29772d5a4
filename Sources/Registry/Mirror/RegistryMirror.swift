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

        private enum CodingKeys: String, CodingKey {
            case version, run, sha256
            case baseSHA256 = "base_sha256"
            case publishedAt = "published_at"
            case retiredAt = "retired_at"
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

    init(name: String, versions: [AdapterVersion], aliases: [AdapterAlias]) {
        formatVersion = 1
        self.name = name
        self.versions = versions.map {
            Version(
                version: $0.number, run: $0.run, sha256: $0.digest, baseSHA256: $0.baseSHA256,
                publishedAt: $0.publishedAt, retiredAt: $0.retirement?.date)
        }
        self.aliases = Dictionary(
            uniqueKeysWithValues: aliases.map { alias in
                let version = versions.first { $0.number == alias.target.number }
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

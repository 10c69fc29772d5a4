import Ledger

/// What the registry knows of a name.
package struct RegistryEntry: Sendable {
    package let name: String
    /// By their numbers.
    package let versions: [AdapterVersion]
    package let aliases: [AdapterAlias]
    /// Remarks on versions, the earliest first.
    let remarks: [VersionRemark]
    /// Runs in the outbox that could not become versions: their report or list of checksums cannot be read.
    package let unreadable: [String]

    package func version(_ number: Int?) -> AdapterVersion? { versions.first { $0.number == number } }

    /// Aliases that lead to a version.
    package func aliases(of version: AdapterVersion) -> [String] {
        aliases.filter { $0.target == .version(version.number) }.map(\.alias)
    }

    package func target(of alias: String) -> AliasTarget? { aliases.first { $0.alias == alias }?.target }

    /// The tags of a version, by their keys.
    package func tags(of version: AdapterVersion) -> [VersionTag] {
        VersionTag.standing(remarks.filter { $0.number == version.number })
    }

    /// The notes on a version, the earliest first.
    package func notes(of version: AdapterVersion) -> [VersionRemark] {
        remarks.filter { $0.number == version.number && $0.kind == .note }
    }
}

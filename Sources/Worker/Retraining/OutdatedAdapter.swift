import Foundation
import Ledger
import Registry

/// A name whose adapter was trained on other bytes than its base has now.
package struct OutdatedAdapter: Sendable, Equatable {
    /// The champion, or where there is none the newest that is not retired.
    package let version: AdapterVersion
    package let aliases: [String]
    /// A later version of the name that is for the base as it is now: what is left to do is to promote it.
    package let successor: AdapterVersion?
    /// The manifest of the name's last run; nil where there is none to train again by.
    package let manifest: String?
}

/// Looks for what a base's new content makes outdated.
struct OutdatedSearch {
    let registry: Registry
    /// Of the base as it is now.
    let sha256: String
    /// Whether a version's base is the one that has changed.
    let isMeant: (AdapterVersion, RunOrigin?) -> Bool

    /// One entry a name, in order.
    ///
    /// - Throws: as `Registry.follow`.
    func run() throws -> [OutdatedAdapter] {
        try registry.names().compactMap { name in
            let entry = try registry.follow(name)
            let usable = entry.versions.filter { $0.retirement == nil }
            guard let version = entry.version(entry.target(of: AliasName.champion)?.number) ?? usable.last,
                version.baseSHA256 != sha256, isMeant(version, registry.origin(of: version))
            else { return nil }
            return OutdatedAdapter(
                version: version, aliases: entry.aliases(of: version),
                successor: usable.last { $0.baseSHA256 == sha256 && $0.number > version.number },
                manifest: usable.reversed().lazy.compactMap(manifest).first)
        }
    }

    private func manifest(of version: AdapterVersion) -> String? {
        let path = "\(registry.folder(of: version))/manifest.yaml"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}

import Foundation
import Ledger
import Manifests
import ModelFiles
import Registry

extension Worker {
    /// Every name whose adapter was trained on other bytes than a base has now.
    ///
    /// - Parameters:
    ///   - base: a Hugging Face model folder or a .gguf file.
    ///   - replaced: where the base lay before, or the first 8 or more digits of its hash then; nil where it lies where it
    ///     lay.
    /// - Throws: as `ContentHash.ofBase` and `Registry.follow`.
    package func outdated(base: String, replacing replaced: String?) throws -> (base: BaseHash, [OutdatedAdapter]) {
        let hash = try ContentHash.ofBase(
            BaseModelFiles(path: base), cache: HashCache(file: folders.hashCache))
        guard let registry = try registry() else { return (hash, []) }
        let isDigest = replaced?.wholeMatch(of: /[0-9a-f]{8,64}/) != nil
        let place = Self.place(replaced ?? base)
        let search = OutdatedSearch(registry: registry, sha256: hash.sha256) { version, origin in
            if isDigest, let replaced { return version.baseSHA256.hasPrefix(replaced) }
            return origin?.basePaths.contains { Self.place($0) == place } ?? false
        }
        return (hash, try search.run())
    }

    /// Drops the manifests of outdated adapters into the inbox, as they were run last, on the base as it is now.
    ///
    /// - Throws: as `Retraining.enqueue`.
    package func enqueue(
        _ adapters: [OutdatedAdapter], on base: BaseHash, named path: String?
    ) throws -> [Enqueued] {
        let retraining = Retraining(
            repeated: { try repeated($0, inputs: $1) }, submit: { try submit($0, name: $1, job: $2) },
            configuration: settings.configuration, basePath: path, sha256: base.sha256,
            tokenizerSHA256: base.tokenizerSHA256)
        return try adapters.map(retraining.enqueue)
    }

    /// A path with every link followed.
    private static func place(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
}

import Adapters
import Common
import ForeignText
import Manifests
import ModelFiles
import Publication
import Reports

/// A published adapter that a run is held against on the same rows.
struct ComparedAdapter {
    /// What it is to the run: one adapter may be parent and champion.
    var roles: [GateReference]
    /// `tickets@16`, or its folder.
    let reference: String
    let folder: String
    /// SHA-256 of its weights.
    let sha256: String
    /// Which files may be read: those of the outbox are the worker's own, wherever jobs may read.
    let rule: ReadingRule

    /// The adapters that a manifest's gates name, each once; the parent always, as the report holds a run against it.
    ///
    /// One that was made for another base or tokenizer cannot be loaded on this one, and one that was trained with another
    /// chat template would be judged by texts that it never answers. Where it is the champion, the bare base stands in for
    /// it, and nothing is promoted in its place.
    static func open(
        _ manifest: JobManifest, on place: AdapterPlace, parent: ParentAdapter?, _ environment: JobEnvironment,
        _ mistakes: JobMistakes
    ) throws -> [ComparedAdapter] {
        var compared: [ComparedAdapter] = []
        if let parent {
            compared.append(
                ComparedAdapter(
                    roles: [.parent], reference: environment.references.parent?.reference ?? parent.initFrom,
                    folder: parent.folder, sha256: parent.sha256,
                    rule: parent.rule))
        }
        let found: [(GateReference, ServedVersion?)] = [
            (.champion, environment.references.champion), (.previous, environment.references.previous),
        ]
        for (role, version) in found where manifest.comparedAdapters.contains(role) {
            guard let version else {
                environment.reporter.log("there is no \(role.rawValue): the run is held against the bare base")
                continue
            }
            guard version.baseSHA256 == place.identity.baseSHA256,
                version.tokenizerSHA256 == place.identity.tokenizerSHA256
            else {
                environment.reporter.log(
                    "the \(role.rawValue), \(version.reference), is for another base or tokenizer: the run is held "
                        + "against the bare base")
                continue
            }
            if let index = compared.firstIndex(where: { $0.folder == version.folder }) {
                compared[index].roles.append(role)
                continue
            }
            let key = manifest.gates.firstIndex { $0.reference == role }.map { "gates[\($0)]" } ?? "promote"
            guard let sha256 = try mistakes.collect(key, { try weights(of: version, role.rawValue) }),
                let differences = try mistakes.collect(
                    key, { try AdapterCompatibility(folder: version.folder).differences(from: place) })
            else { continue }
            if let difference = differences.first {
                environment.reporter.log(
                    "the \(role.rawValue), \(version.reference), has the \(difference.field.rawValue) \(difference.made), "
                        + "the job \(difference.found): the run is held against the bare base")
                continue
            }
            compared.append(
                ComparedAdapter(
                    roles: [role], reference: version.reference, folder: version.folder, sha256: sha256,
                    rule: .anything))
        }
        return compared
    }

    /// For the run's provenance.
    var provenance: [ComparedProvenance] {
        roles.map { ComparedProvenance(role: $0.rawValue, reference: reference, path: folder, sha256: sha256) }
    }

    /// The hash of what its weights mean: rank, scaling, targets.
    ///
    /// - Throws: as reading the file.
    func configurationSHA256() throws -> String {
        try ContentHash.ofFile("\(folder)/\(WarmStart.configurationName)", rule: rule)
    }

    /// - Throws: `AdaptersError.mismatch` where its weights are not those that the job began with.
    func confirm() throws {
        let path = "\(folder)/\(WarmStart.weightsName)"
        guard try ContentHash.ofFile(path, rule: rule) == sha256 else {
            throw AdaptersError(
                .mismatch, "The adapter in \(folder) is no longer the one that the job began with.",
                advice: "`lorad verify \(folder)` says what was changed.")
        }
    }

    /// The hash of a version's weights, which must be those that were published.
    ///
    /// - Parameter role: what it is to the run, in a word.
    /// - Throws: `PublicationError.missing` where they are not.
    static func weights(of version: ServedVersion, _ role: String) throws -> String {
        let list = PublishedFiles.digest(of: version.folder)
        let files = [WarmStart.weightsName, WarmStart.configurationName]
        let published = files.compactMap { ChecksumFile.sha256(of: $0, in: version.folder) }
        let found = files.compactMap { try? ContentHash.ofFile("\(version.folder)/\($0)") }
        guard list == version.sha256, published.count == files.count, published == found else {
            throw PublicationError(
                .missing, "The \(role), \(version.reference), is not as it was published.",
                cause: list == nil ? "Its folder \(version.folder) or its SHA256SUMS is not there." : nil,
                advice: "`lorad verify \(version.folder)` says more; `lorad registry rollback` or `promote` leads the "
                    + "alias to a version that is whole.")
        }
        return published[0]
    }
}

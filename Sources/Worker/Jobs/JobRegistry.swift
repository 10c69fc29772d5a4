import Common
import ForeignText
import Ledger
import Manifests
import Pipeline
import Registry
import Webhooks

/// What the registry does for a job: before it begins, where references lead; after it has ended, its run's number, and
/// its promotion where the manifest asks for that.
struct JobRegistry: Sendable {
    let ledger: Ledger
    let folders: WorkerFolders
    let announcer: Announcer
    /// As lorad.yaml says now.
    let signing: @Sendable () -> SigningConfiguration

    private func registry(telling hooks: [String]) -> Registry {
        Registry(ledger: ledger, outbox: folders.outbox, announcer: announcer.telling(hooks))
    }

    // MARK: before

    /// Where references led when the job was first asked about, and from then on.
    ///
    /// - Throws: `WorkerError` of the ledger.
    func references(of job: JobRecord) throws -> JobReferences {
        if let kept = try kept(job.id) { return kept }
        let references = try Self.resolve(job.name, job.wishes?.initFrom, registry(telling: []))
        try ledger.pin(references, to: job.id)
        return references
    }

    /// Where references lead at this moment.
    ///
    /// - Parameter initFrom: a reference that an adapter is to go on from.
    static func resolve(_ name: String, _ initFrom: String?, _ registry: Registry) throws -> JobReferences {
        let entry = try registry.follow(name)
        func served(_ version: AdapterVersion) -> ServedVersion {
            ServedVersion(
                reference: version.reference, number: version.number, folder: registry.folder(of: version),
                sha256: version.digest, baseSHA256: version.baseSHA256, tokenizerSHA256: version.tokenizerSHA256)
        }
        var references = JobReferences()
        let champion = entry.target(of: AliasName.champion)
        references.championNumber = champion.map { $0.number ?? 0 }
        references.champion = entry.version(champion?.number).map(served)
        references.previous = entry.version(entry.target(of: AliasName.previous)?.number).map(served)
        guard let initFrom else { return references }
        do {
            let reference = try VersionReference(initFrom)
            _ = try registry.adapterFolder(reference)
            references.parent = served(try registry.version(reference))
        } catch let error as RegistryError {
            references.parentFault = [error.message, error.cause, error.advice].compactMap(\.self).map(ForeignText.line)
        }
        return references
    }

    private func kept(_ job: String) throws -> JobReferences? {
        let kept: JobReferences? = try ledger.pins(of: job)
        return kept?.version == JobReferences().version ? kept : nil
    }

    // MARK: after

    /// Signs a succeeded run where lorad.yaml names a key, gives it its number, and promotes it where its manifest asks for
    /// that. Doing it twice is doing it once.
    ///
    /// - Returns: what came of a promotion, for a log; nil where none was asked for.
    /// - Throws: as `RunSigning`, `Registry.follow` and `Registry.promote`.
    func settle(_ job: JobRecord) throws -> String? {
        guard job.state == .succeeded, let run = job.runFolder else { return nil }
        try RunSigning(signing())?.sign(run)
        // Who hears of the job hears of its promotion.
        let registry = registry(telling: job.notify ?? [])
        guard job.wishes?.isPromoted == true else {
            try registry.follow(job.name)
            return nil
        }
        let judged = try kept(job.id)?.championNumber.map { $0 == 0 ? AliasTarget.base : .version($0) }
        switch try registry.promote(run: run, of: job.name, judgedBy: judged, by: "lorad, job \(job.id)") {
        case .promoted(let version): return "\(version.reference) is the \(AliasName.champion)"
        case .candidate(let version, let why):
            return "\(version.reference) is a \(AliasName.candidate) and was not promoted: \(ForeignText.line(why))"
        case .unknown: return "its run has no number in the registry, and was not promoted"
        }
    }
}

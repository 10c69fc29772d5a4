import Foundation

/// From a complete file in the inbox to a queued or rejected job in the ledger. One thread at a time.
struct Intake: Sendable {
    let folders: WorkerFolders
    let ledger: Ledger
    let runner: any JobRunner
    let announcer: Announcer

    private var quarantine: Quarantine { Quarantine(folders: folders) }

    init(folders: WorkerFolders, ledger: Ledger, runner: any JobRunner, announcer: Announcer) {
        self.folders = folders
        self.ledger = ledger
        self.runner = runner
        self.announcer = announcer
    }

    /// Claims and admits one manifest; nil where it has vanished. Throws where it is there and cannot be claimed, or
    /// where the ledger refuses it (it then stays claimed, and the next start admits it).
    func take(_ name: String) throws -> JobRecord? {
        try Claim.take(name, folders: folders).map(admit)
    }

    /// Finishes what an earlier worker claimed and did not get to admit or to quarantine.
    func finishLeftovers() throws -> [JobRecord] {
        let known = Dictionary(try ledger.jobs().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return try Claim.leftovers(folders).compactMap { claim in
            guard let job = known[claim.job] else { return try admit(claim) }
            if job.state == .rejected { try reject(claim, mistakes: job.reason ?? "") }
            return nil
        }
    }

    /// Moves a manifest that was rejected while it ran to where rejected ones lie.
    func quarantine(_ job: JobRecord) throws {
        let claim = claim(of: job)
        try reject(claim, mistakes: job.reason ?? "")
    }

    /// Where a job's manifest would be put if it were rejected.
    func rejectedFolder(of job: JobRecord) -> String { quarantine.folder(for: claim(of: job)) }

    private func claim(of job: JobRecord) -> Claim {
        Claim(job: job.id, name: job.manifestFile, path: folders.claim(job.id) + "/" + job.manifestFile)
    }

    private func admit(_ claim: Claim) throws -> JobRecord {
        let file = ManifestFile.read(claim.path, name: claim.name)
        var job = NewJob(
            id: claim.job, name: InboxNames.stem(claim.name), manifestFile: claim.name, manifestText: file.text,
            manifestSHA256: file.sha256)
        if let mistake = file.mistake {
            job.mistakes = [mistake]
        } else {
            switch runner.inspect(manifestText: file.text, path: claim.path) {
            case .accepted(let name, let notify):
                job.name = name
                job.notify = notify
                job.mistakes = unknownHooks(notify ?? [], in: claim.name)
            case .rejected(let diagnostics):
                job.mistakes = diagnostics.isEmpty ? ["\(claim.name):1:1: the manifest was rejected"] : diagnostics
            }
        }
        if job.mistakes != nil { job.rejectedFolder = quarantine.folder(for: claim) }
        let record = try ledger.admit(job, announcer: announcer)
        if let mistakes = job.mistakes { try reject(claim, mistakes: mistakes.joined(separator: "\n")) }
        return record
    }

    private func reject(_ claim: Claim, mistakes: String) throws {
        try quarantine.put(claim, mistakes: mistakes.split(separator: "\n").map(String.init))
    }

    private func unknownHooks(_ notify: [String], in file: String) -> [String]? {
        let configured = announcer.hooks.map(\.name)
        let unknown = notify.filter { !configured.contains($0) }
        guard !unknown.isEmpty else { return nil }
        let known = configured.isEmpty ? "none is configured" : "configured: " + configured.joined(separator: ", ")
        return unknown.map { "\(file):1:1: notify names the webhook '\($0)', which lorad.yaml does not have; \(known)" }
    }
}

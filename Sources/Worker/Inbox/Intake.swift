import ForeignText
import Foundation

/// From a complete file in the inbox to a queued or rejected job in the ledger. One thread at a time.
struct Intake: Sendable {
    let folders: WorkerFolders
    let ledger: Ledger
    let live: LiveSettings
    let announcer: Announcer

    private var quarantine: Quarantine { Quarantine(folders: folders) }

    init(folders: WorkerFolders, ledger: Ledger, live: LiveSettings, announcer: Announcer) {
        self.folders = folders
        self.ledger = ledger
        self.live = live
        self.announcer = announcer
    }

    /// Takes one manifest out of the inbox; nil where it has vanished. Throws where it is there and cannot be claimed.
    func claim(_ name: String) throws -> Claim? { try Claim.take(name, folders: folders) }

    /// Finishes what was claimed and not admitted or quarantined, by an earlier worker or for want of room.
    func finishLeftovers() throws -> [JobRecord] {
        // One that was moved out of `claimed` has left nothing there to tell of it.
        for id in try quarantine.leftovers() {
            if let job = try ledger.find(id), job.state == .rejected { try settle(job) }
        }
        return try Claim.leftovers(folders).compactMap { claim in
            guard let job = try ledger.find(claim.job) else { return try admit(claim) }
            try settle(job)
            return nil
        }
    }

    /// Puts a job's manifest where it belongs once the job has ended: a rejected one beside its reason, any other away.
    func settle(_ job: JobRecord) throws {
        guard job.state.isFinal else { return }
        if job.state == .rejected, let folder = job.runFolder {
            try reject(claim(of: job), in: folder, mistakes: job.reason ?? "")
        } else {
            claim(of: job).discard()
        }
    }

    /// Where a job's manifest is put if this attempt rejects it.
    func rejectedFolder(of job: JobRecord) -> String {
        quarantine.folder(for: claim(of: job), attempt: job.attempt)
    }

    private func claim(of job: JobRecord) -> Claim {
        Claim(job: job.id, name: job.manifestFile, path: folders.claim(job.id) + "/" + job.manifestFile)
    }

    /// Queues or rejects a claim; nil where it only repeats a job. Where the ledger has no room it stays claimed, and
    /// `finishLeftovers` admits it.
    func admit(_ claim: Claim) throws -> JobRecord? {
        let file = ManifestFile.read(claim.path, name: claim.name)
        let shown = ForeignText.line(claim.name)
        var job = NewJob(
            id: claim.job, name: InboxNames.stem(claim.name), manifestFile: claim.name, manifestText: file.text,
            manifestSHA256: file.sha256)
        if let mistake = file.mistake {
            job.mistakes = [mistake]
        } else {
            switch live.runner.inspect(manifestText: file.text, path: shown) {
            case .accepted(let name, let notify, let priority, let inputs):
                if let same = try Repetition(ledger: ledger).job(sha256: file.sha256, inputs: inputs) {
                    return dropRepetition(claim, of: same)
                }
                job.name = name
                job.notify = notify
                job.priority = priority
                job.mistakes = unknownHooks(notify ?? [], in: shown)
            case .rejected(let diagnostics):
                job.mistakes = diagnostics.isEmpty ? ["\(shown):1:1: the manifest was rejected"] : diagnostics
            }
        }
        if job.mistakes != nil { job.rejectedFolder = quarantine.folder(for: claim) }
        let record = try ledger.admit(job, announcer: announcer)
        try settle(record)
        return record
    }

    private func dropRepetition(_ claim: Claim, of job: JobRecord) -> JobRecord? {
        live.settings.log(
            "inbox: \(ForeignText.line(claim.name)) has the content of job \(job.id) (\(job.state.rawValue)), and nothing it reads "
                + "has changed: no new job; `lorad submit --again` makes one")
        claim.discard()
        return nil
    }

    private func reject(_ claim: Claim, in folder: String, mistakes: String) throws {
        try quarantine.put(claim, in: folder, mistakes: mistakes.split(separator: "\n").map(String.init))
    }

    private func unknownHooks(_ notify: [String], in file: String) -> [String]? {
        let configured = announcer.hooks.map(\.name)
        let unknown = notify.filter { !configured.contains($0) }
        guard !unknown.isEmpty else { return nil }
        let known = configured.isEmpty ? "none is configured" : "configured: " + configured.joined(separator: ", ")
        return unknown.map { "\(file):1:1: notify names the webhook '\($0)', which lorad.yaml does not have; \(known)" }
    }
}

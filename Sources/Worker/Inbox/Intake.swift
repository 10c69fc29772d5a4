import Common
import Executors
import ForeignText
import Foundation
import Ledger
import Manifests
import Webhooks

/// From a complete file in the inbox to a queued or rejected job in the ledger. One thread at a time.
struct Intake: Sendable {
    /// Deaths of the process that reads manifests after which a claim is rejected: once may be somebody else's doing, as
    /// of the kernel when memory runs out.
    private static let mostDeaths = 2

    let folders: WorkerFolders
    let ledger: Ledger
    /// Asked anew each time, as lorad.yaml may be read again.
    let settings: @Sendable () -> WorkerSettings
    let announcer: Announcer
    let reader: any IntakeReader

    /// What came of a claim.
    enum Admission {
        /// Queued or rejected.
        case job(JobRecord)
        /// It only repeats a job.
        case repetition
        /// It stays claimed, to be read again: reading it took the process down for the first time, or was given up.
        case undecided
    }

    private var quarantine: Quarantine { Quarantine(folders: folders) }

    /// Takes one manifest out of the inbox; nil where it has vanished. Throws where it is there and cannot be claimed.
    func claim(_ name: String) throws -> Claim? {
        try Claim.take(name, folders: folders) { job in
            try ledger.find(job) == nil && !FileSystem.exists(folders.work(job))
                && !FileSystem.exists(folders.localClaim(job))
        }
    }

    /// The claims that an earlier worker did not come to admit, oldest first. What it left of claims whose jobs have ended
    /// is put away.
    func leftovers() throws -> [Claim] {
        // One that was moved out of `claimed` has left nothing there to tell of it.
        for id in try quarantine.leftovers() {
            if let job = try ledger.find(id), job.state == .rejected { try settle(job) }
        }
        return try Claim.leftovers(folders).filter { claim in
            guard let job = try ledger.find(claim.job) else { return true }
            try settle(job)
            return false
        }
    }

    /// Removes what is left of the claims of jobs that ended while an inbox on a share was away.
    ///
    /// One that is being rejected stays, for whoever is at it, and so does a file that could not be moved to the outbox.
    func discardEnded() throws {
        for claim in try Claim.ofShare(folders) {
            guard let job = try ledger.find(claim.job), job.state.isFinal else { continue }
            let copy = job.runFolder.map { $0 + "/" + claim.name }
            if job.state != .rejected || copy.map(FileSystem.exists) == true { claim.discard() }
        }
    }

    /// Finishes a claim that is in the ledger already and could not be put away for want of room; nil where it is not.
    func finish(_ claim: Claim) throws -> JobRecord? {
        guard let job = try ledger.find(claim.job) else { return nil }
        try settle(job)
        return job
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

    /// Queues or rejects a claim. Throws where the ledger has no room, or nobody can read it now: it then stays claimed, and
    /// may be admitted later.
    ///
    /// - Parameter isWanted: asked some times a second while the reading takes time; false gives it up.
    func admit(_ claim: Claim, isWanted: () throws -> Bool) throws -> Admission {
        let owner = claim.owner
        let rule = settings().configuration.rule(forOwner: owner)
        guard let inspection = try inspect(claim, rule, isWanted) else { return .undecided }
        let file = inspection.file
        let shown = ForeignText.line(claim.name)
        var job = NewJob(
            id: claim.job, name: InboxNames.stem(claim.name), manifestFile: claim.name, manifestText: file.text,
            manifestSHA256: file.sha256)
        job.owner = owner
        switch inspection.verdict {
        case .accepted(let name, let notify, let priority, _, let stamp, let wishes):
            let repetition = Repetition(ledger: ledger)
            if let same = try repetition.job(sha256: file.sha256, lastChange: inspection.lastChange) {
                if same.isForeground, same.state == .interrupted { return .job(try goOn(with: same, claim)) }
                dropRepetition(claim, of: same)
                return .repetition
            }
            job.name = name
            job.notify = notify
            job.priority = priority
            job.stamp = stamp
            job.wishes = wishes
            job.mistakes = unknownHooks(notify ?? [], in: shown)
        case .rejected(let diagnostics):
            job.mistakes = diagnostics.isEmpty ? ["\(shown):1:1: the manifest was rejected"] : diagnostics
        case nil: job.mistakes = [file.mistake ?? "\(shown):1:1: the file cannot be read"]
        }
        if job.mistakes != nil { job.rejectedFolder = quarantine.folder(for: claim) }
        let record = try ledger.admit(job, announcer: announcer)
        try settle(record)
        return .job(record)
    }

    /// Has the claim read; nil where that must be tried again. One that keeps taking the process down is a mistake of the
    /// file's, told as such.
    private func inspect(
        _ claim: Claim, _ rule: OwnerRule?, _ isWanted: () throws -> Bool
    ) throws -> Inspection? {
        let order = IntakeOrder(
            .inspect(path: claim.path, name: claim.name, rule: rule), settings().configuration)
        let shown = ForeignText.line(claim.name)
        do {
            guard case .inspected(let inspection) = try reader.answer(order, isWanted: isWanted) else { return nil }
            return inspection
        } catch IntakeFault.givenUp {
            return nil
        } catch IntakeFault.died(let how) {
            // Written down at once: the next worker shall not begin to count anew.
            let deaths = try ledger.countDeath(ofReading: claim.job)
            settings().log("inbox: \(shown): the process that reads manifests \(how)")
            guard deaths >= Self.mostDeaths else { return nil }
            let mistake =
                "\(shown):1:1: the manifest was given up: reading it took down the process that reads manifests "
                + "\(deaths) times; the last time it \(ForeignText.line(how))"
            return Inspection(file: ManifestFile(mistake: mistake), verdict: nil, lastChange: nil)
        } catch let fault as IntakeFault {
            throw fault.asWorkerError ?? fault
        }
    }

    private func dropRepetition(_ claim: Claim, of job: JobRecord) {
        settings().log(
            "inbox: \(ForeignText.line(claim.name)) has the content of job \(job.id) (\(job.state.rawValue)), and nothing it reads "
                + "has changed: no new job; `lorad submit --again` makes one")
        claim.discard()
    }

    /// A run in the foreground that was cut off is a worker's from now on: nobody else would go on with it.
    private func goOn(with job: JobRecord, _ claim: Claim) throws -> JobRecord {
        let journal = folders.journal(job.id)
        let queued = try ledger.retry(job.id, announcer: announcer) { unlink(journal) }
        settings().log("inbox: \(ForeignText.line(claim.name)) goes on with job \(job.id), which `lorad run` began")
        claim.discard()
        return queued
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

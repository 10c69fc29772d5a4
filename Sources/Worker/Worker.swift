import Common
import Foundation
import Glibc
import Ledger
import OperatingSystem
import Registry
import Views
import Webhooks

/// What the command line does with jobs that live longer than one command.
package struct Worker: Sendable {
    let settings: WorkerSettings
    let folders: WorkerFolders

    /// Makes nothing: folders and ledger are made by what puts something there.
    package init(_ settings: WorkerSettings) {
        self.settings = settings
        folders = WorkerFolders(asking: settings)
    }

    /// Takes manifests and runs jobs on this machine until `stop` asks to end, or with `once` until inbox and queue are
    /// empty. Blocks the calling thread. Hooks' secrets come from `environment` and files.
    ///
    /// Throws `.locked` where another worker holds the folders.
    package func watch(
        tools: WorkerTools, once: Bool, stop: StopRequest, reload: ReloadRequest? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> WatchResult {
        // A receiver or a reader of our log that goes away must be an error of that write, not the worker's death.
        signal(SIGPIPE, SIG_IGN)
        let parts = try WorkerParts(settings, tools: tools, environment: environment)
        // The lock is held until everything has ended, not only until its last mention.
        return try withExtendedLifetime(parts) { try run(parts, once: once, stop: stop, reload: reload) }
    }

    private func run(_ parts: WorkerParts, once: Bool, stop: StopRequest, reload: ReloadRequest?) throws -> WatchResult
    {
        let (folders, count) = (parts.folders, settings.jobs.atOnce)
        settings.log(
            "takes manifests from \(folders.inbox), publishes to \(folders.outbox), keeps ledger and logs in "
                + "\(folders.state), runs \(count) \(count == 1 ? "job" : "jobs") at a time")
        let held = try parts.recover(patience: 10)
        let loop = try WatchLoop(parts, stop: stop, reload: reload, held: held)
        loop.takeOver(try parts.intake.leftovers())
        parts.courier.start()
        parts.jobs.start()
        parts.housekeeper.start()
        // Whoever drains an inbox has them done before it ends, and not beside it.
        if !once { parts.followUps.start() }
        let services = try WorkerServices(parts, once: once)
        defer {
            services.stop()
            if !once { parts.followUps.stop() }
            parts.courier.stop()
            parts.housekeeper.stop()
        }
        do {
            try services.start()
            try loop.run(once: once)
        } catch {
            parts.jobs.stop()
            if !parts.ledger.isInPlace { rescue(parts.ledger) }
            throw error
        }
        parts.jobs.stop()
        for job in parts.jobs.takeEnded() { loop.ended(job) }
        if let fault = parts.jobs.fault { throw fault }
        var result = loop.result
        if once, !result.wasStopped { parts.followUps.round() }
        if once, !result.wasStopped { try drain(parts.courier, stop: stop) }
        result.pendingDeliveries = try parts.ledger.deliveries().count { $0.state == .pending }
        if result.pendingDeliveries > 0 {
            settings.log("\(result.pendingDeliveries) webhook deliveries are left for the next worker")
        }
        return result
    }

    /// Writes what a ledger that was taken away still holds, in files without a name, beside the backups. The next worker
    /// then begins no empty one in silence.
    private func rescue(_ ledger: Ledger) {
        do {
            let path = try LedgerBackup(folder: folders.backups).make(of: ledger, keep: settings.retention.backups)
            settings.log("what the ledger held was saved as \(path)")
        } catch {
            settings.log("what the ledger held cannot be saved: " + ErrorLines.of(error).joined(separator: " "))
        }
    }

    /// Waits, for a bounded time, until every hook was tried.
    private func drain(_ courier: Courier, stop: StopRequest) throws {
        let end = ProcessInfo.processInfo.systemUptime + settings.delivery.drainTimeout
        while ProcessInfo.processInfo.systemUptime < end, !stop.isRequested {
            if try courier.isSettled() { return }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    /// The job that this manifest would only repeat: same content, and none of `inputs` has changed since. Nil where it
    /// is new.
    package func repeated(_ text: String, inputs: [String]) throws -> JobRecord? {
        guard let ledger = try ledger() else { return nil }
        return try Repetition(ledger: ledger).job(
            sha256: ManifestFile.hash(Array(text.utf8)), lastChange: InputFiles.lastChange(of: inputs))
    }

    /// Drops a manifest into the inbox; returns the name it got there, `NAME-2.yaml` where `NAME.yaml` waits already.
    ///
    /// - Parameter job: the id that the job is to have, which then stands in the name.
    package func submit(_ text: String, name: String, job: String? = nil) throws -> String {
        try Submission.submit(text, name: name, inbox: folders.inbox, job: job)
    }

    /// Whether a manifest asks for anything that its last success is not already.
    package func novelty(of manifest: NightlyManifest) throws -> Novelty {
        try Novelty.of(
            manifest, ledger: ledger(), policy: settings.configuration.pathPolicy(), hashCache: folders.hashCache)
    }

    /// The latest jobs first; all of them where `limit` is nil.
    package func jobs(limit: Int? = nil) throws -> [JobRecord] { try ledger()?.jobs(limit: limit) ?? [] }

    /// The latest jobs first, each with its stages where it runs.
    package func overview(limit: Int? = nil) throws -> [JobStatus] {
        guard let ledger = try ledger() else { return [] }
        return try ledger.jobs(limit: limit).map { try status(of: $0, ledger, isShort: $0.state != .running) }
    }

    /// One job by id, part of an id, or name (the latest of that name), with its stages.
    package func status(_ reference: String) throws -> JobStatus {
        let (ledger, job) = try find(reference)
        return try status(of: job, ledger)
    }

    /// - Parameter isShort: without what has to be asked for job by job.
    func status(of job: JobRecord, _ ledger: Ledger, isShort: Bool = false) throws -> JobStatus {
        JobStatus(
            job: job, stages: isShort ? [] : try ledger.stages(of: job.id),
            progress: job.state == .running ? JobProgress.read(folders.progress(job.id)) : nil,
            deliveries: isShort ? [] : try ledger.deliveries(of: job.id), logPath: folders.log(job.id))
    }

    /// Cancels a waiting job, or asks a running one's worker to stop it.
    package func cancel(_ reference: String) throws -> JobRecord {
        let (ledger, job) = try find(reference)
        return try ledger.requestCancel(job.id, announcer: announcer)
    }

    /// Queues a failed, rejected, cancelled or interrupted job again.
    package func retry(_ reference: String) throws -> JobRecord {
        let (ledger, job) = try find(reference)
        let journal = folders.journal(job.id)
        return try ledger.retry(job.id, announcer: announcer) {
            // What an earlier attempt published is its own; this one publishes anew.
            unlink(journal)
        }
    }

    /// Starts no more jobs, over restarts too; those that run go on.
    package func pause() throws { try Ledger(folders: WorkerFolders(settings)).pause() }

    /// Starts jobs again.
    package func resume() throws { try ledger()?.resume() }

    /// Since when the queue is paused; nil while it runs.
    package func pausedSince() throws -> Date? { try ledger()?.pausedSince() }

    /// Copies the ledger now, checks the copy, and returns its path.
    package func backUp() throws -> String {
        guard let ledger = try ledger() else {
            throw WorkerError(.missing, "There is no ledger \(folders.ledger) to copy.", advice: "A worker makes it.")
        }
        return try LedgerBackup(folder: folders.backups).make(of: ledger, keep: settings.retention.backups)
    }

    /// Versions and aliases of what the outbox holds; nil where there is no ledger yet.
    package func registry() throws -> Registry? {
        try ledger().map { Registry(ledger: $0, outbox: settings.outbox, announcer: announcer) }
    }

    /// The ledger; nil where nothing has made one yet.
    func ledger() throws -> Ledger? {
        guard FileSystem.exists(folders.ledger) || !LedgerBackup(folder: folders.backups).copies.isEmpty else {
            return nil
        }
        try folders.requireLocalState()
        let ledger = try Ledger(folders: folders)
        // Nobody else may be there to tell that they died.
        try DeadRuns(ledger: ledger, folders: folders, announcer: announcer, signing: settings.configuration.signing)
            .settle()
        return ledger
    }

    /// The job that people mean, with its ledger. Throws `.unknownJob`.
    private func find(_ reference: String) throws -> (Ledger, JobRecord) {
        guard let ledger = try ledger() else { throw Ledger.noJob(reference) }
        return (ledger, try ledger.resolve(reference))
    }

    /// Tells the hooks of what this process does to a job.
    private var announcer: Announcer {
        Announcer(
            hooks: settings.hooks, notifyDefault: settings.configuration.notifyDefault,
            reportURL: settings.configuration.reportURL)
    }
}

import Common
import Foundation
import Glibc
import Ledger
import OperatingSystem

/// The worker's main loop: waits for events of the inbox, a signal, a job's end or the time of the next scan, and
/// never does long work itself.
final class WatchLoop {
    /// As which it is in trouble.
    private static let name = "inbox"
    /// Seconds before what a full or read-only disk refused is tried again.
    private static let retryTime = 2.0
    /// Seconds between two looks whether what keeps manifests in the inbox is gone.
    private static let holdTime = 2.0

    private let parts: WorkerParts
    private let inbox: InboxTurn
    private let stop: StopRequest
    private let reload: ReloadRequest?
    /// Jobs of an earlier worker that something still held when it was last looked, and when that was.
    private var held: (jobs: [String], lookedAt: Double)
    /// Seconds between two such looks.
    private static let heldTime = 10.0
    private(set) var result = WatchResult()

    /// - Parameter held: jobs of an earlier worker that something still holds.
    init(_ parts: WorkerParts, stop: StopRequest, reload: ReloadRequest?, held: [String] = []) throws {
        self.parts = parts
        self.held = (held, ProcessInfo.processInfo.systemUptime)
        self.stop = stop
        self.reload = reload
        inbox = try InboxTurn(parts)
    }

    /// Claims of an earlier worker, to be admitted first.
    func takeOver(_ claims: [Claim]) { inbox.takeOver(claims) }

    private func log(_ line: String) { parts.live.settings.log(line) }

    /// Until a signal, or with `once` until the inbox and the queue are empty.
    func run(once: Bool) throws {
        while true {
            if stop.isRequested {
                result.wasStopped = true
                return
            }
            try requireFolders()
            if let reload, reload.take() { reload.apply(to: parts) }
            do {
                let scan = try pass()
                parts.troubles.clear(Self.name)
                if once, try isDrained(scan) { return }
                wait(for: scan, once: once)
            } catch let error as any Fault where mayPass(error) {
                // A disk without room: nothing was lost, and it may have room again.
                tell(error)
                pause(Self.retryTime)
            }
        }
    }

    /// What is on a file system of its own may be unmounted and come back; the state folder with the lock is looked at
    /// beforehand.
    private func mayPass(_ error: any Fault) -> Bool {
        let isFolderGone = (error as? SystemError)?.code == .missing || (error as? WorkerError)?.code == .missing
        return error.mayPass || isFolderGone && parts.folders.isInboxApart
    }

    private func requireFolders() throws {
        guard parts.lock.isInPlace else {
            throw WorkerError(
                .missing, "The state folder \(parts.folders.state) was removed, moved away or unmounted.",
                advice: "Put it back and start the worker again.")
        }
        guard parts.ledger.isInPlace else {
            throw WorkerError(
                .ledger,
                "The ledger \(parts.folders.ledger), or its write-ahead log, was removed or replaced under this worker.",
                advice: "A ledger is put back while no worker runs, see docs/worker.md.")
        }
    }

    private func pass() throws -> Inbox.Scan {
        parts.wakePipe.drain()
        // Before the inbox: the same manifest may lie there to go on with one of them.
        for job in try parts.deadRuns.settle() {
            log("job \(job.id): its `lorad run` died; \(job.state.rawValue)")
        }
        let scan = try inbox.pass(
            InboxTurn.Callbacks(
                isWanted: { [unowned self] in try keepTurning() }, admitted: { [unowned self] in admitted($0) },
                tell: { [unowned self] in tell($0) }))
        try lookAfterJobs()
        return scan
    }

    /// What the loop does while a manifest is read: it gives its sign of life, and looks after jobs. False once it must
    /// end.
    private func keepTurning() throws -> Bool {
        _ = parts.pulse.beat()
        try lookAfterJobs()
        return !stop.isRequested
    }

    /// Says what is wrong once, until something else is or nothing.
    private func tell(_ error: any Fault) {
        guard parts.troubles.isNew(error, for: Self.name) else { return }
        log("\(ErrorLines.of(error).joined(separator: " ")) It is tried again.")
    }

    /// Counts and tells of a manifest that was admitted.
    func admitted(_ job: JobRecord) {
        if job.state == .rejected {
            result.ended[.rejected, default: 0] += 1
            log("job \(job.id): \(job.manifestFile) rejected, see \(job.runFolder ?? "the ledger")")
        } else {
            log("job \(job.id): \(job.manifestFile) queued as \(job.name)")
            parts.jobs.wake()
        }
        parts.courier.wake()
    }

    private func lookAfterJobs() throws {
        if let fault = parts.jobs.fault { throw fault }
        for job in parts.jobs.runningJobs where try parts.ledger.isCancelRequested(job) { parts.jobs.cancel(job) }
        for job in parts.jobs.takeEnded() { ended(job) }
        try lookAfterHeld()
    }

    /// A process that slept in the kernel wakes some day, and dies; its job then goes on.
    private func lookAfterHeld() throws {
        let now = ProcessInfo.processInfo.systemUptime
        guard !held.jobs.isEmpty, now - held.lookedAt >= Self.heldTime else { return }
        held = (try parts.recover(patience: 0.5, isFirst: false), now)
        parts.jobs.wake()
    }

    /// Counts and tells of jobs whose attempts ended, the last ones after a stop included.
    func ended(_ job: JobRecord) {
        parts.courier.wake()
        // One that waits for its retry was told of when it was postponed.
        guard job.state != .queued else { return }
        result.ended[job.state, default: 0] += 1
        let place = job.state == .rejected ? nil : job.runFolder
        let told = [job.reason, place].compactMap(\.self).joined(separator: " ")
        log("job \(job.id): \(job.name) \(job.state.rawValue)" + (told.isEmpty ? "" : ": \(told)"))
    }

    private func isDrained(_ scan: Inbox.Scan) throws -> Bool {
        // What is kept in the inbox stays there; what runs may make room for it.
        guard inbox.hold != nil || scan.ready.isEmpty && scan.waiting == 0 && !inbox.hasWork else { return false }
        let waiting = try parts.ledger.waiting()
        result.delayed = waiting.delayed
        let isLeft = !scan.ready.isEmpty || scan.waiting > 0 || inbox.hasUnadmitted
        result.obstacle = isLeft ? inbox.hold : nil
        if waiting.ready > 0 {
            result.obstacle =
                try parts.ledger.pausedSince() != nil ? "the queue is paused (`lorad resume`)" : parts.jobs.obstacle
            guard result.obstacle != nil else { return false }
        }
        // In this order: a job thread is busy from before it takes a job, so none slips between the two questions.
        return parts.jobs.isBusy == false && parts.jobs.takeEnded().map(ended).isEmpty && parts.jobs.fault == nil
    }

    private func wait(for scan: Inbox.Scan, once: Bool) {
        let every = parts.live.settings.scanEvery
        guard inbox.hold == nil else { return pause(min(Self.holdTime, every)) }
        guard !inbox.hasWork, scan.ready.isEmpty else { return pause(0) }
        // A running job may be cancelled by another process, which cannot wake this one.
        let limit = parts.jobs.isBusy || once ? min(1, every) : held.jobs.isEmpty ? every : min(Self.heldTime, every)
        pause(min(limit, scan.nextLook ?? limit))
    }

    /// Sleeps until something happens, at most for `seconds`; gives its sign of life meanwhile.
    private func pause(_ seconds: Double) {
        let end = ProcessInfo.processInfo.systemUptime + seconds
        let all =
            [inbox.descriptor, parts.wakePipe.descriptor] + stop.descriptors + (reload.map { [$0.descriptor] } ?? [])
        var descriptors = all.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            let turn = parts.pulse.beat()
            let left = max(0, end - ProcessInfo.processInfo.systemUptime)
            // Rounded up: a millisecond early would find the file a millisecond too young, again and again.
            let time = Int32((min(left, turn) * 1_000).rounded(.up))
            guard poll(&descriptors, nfds_t(descriptors.count), time) == 0, left > turn else { return }
        }
    }
}

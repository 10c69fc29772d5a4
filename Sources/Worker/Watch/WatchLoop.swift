import ForeignText
import Foundation
import Glibc

/// The worker's main loop: waits for events of the inbox, a signal, a job's end or the time of the next scan, and
/// never does long work itself.
final class WatchLoop {
    /// Seconds before what a full or read-only disk refused is tried again.
    private static let retryTime = 2.0
    /// Manifests taken in one pass at most: a flood of them delays a cancel request by the time these take, not all.
    private static let mostAtOnce = 200

    private let parts: WorkerParts
    private var watch: InboxWatch
    /// The folder that is watched went away, and may be another one by now.
    private var isWatchLost = false
    /// The device of the folder that is watched: a file system mounted over it is another one.
    private var watchedDevice: dev_t?
    private let stop: StopRequest
    private let reload: ReloadRequest?
    private var inbox: Inbox
    /// Claims of this worker's own that the ledger had no room for.
    private var hasLeftovers = false
    private var lastTrouble: String?
    /// Files that were told of as left where they are.
    private var toldLeft: Set<String> = []
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
        let settings = parts.live.settings
        inbox = Inbox(
            folder: parts.folders.inbox, quietTime: settings.quietTime, heldOpenTime: settings.heldOpenTime,
            believesTimes: MountTable.networkFileSystem(of: parts.folders.inbox) == nil)
        // Before the first scan: what arrives between the two is seen by one or the other.
        watch = try InboxWatch(folder: parts.folders.inbox)
        watchedDevice = FileSystem.status(parts.folders.inbox, followingLinks: true)?.st_dev
    }

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
            inbox.quietTime = parts.live.settings.quietTime
            do {
                let scan = try pass()
                lastTrouble = nil
                if once, try isDrained(scan) { return }
                wait(for: scan, once: once)
            } catch let error as WorkerError where mayPass(error) {
                // A disk without room: nothing was lost, and it may have room again.
                tell(error)
                pause(Self.retryTime)
            }
        }
    }

    /// What is on a file system of its own may be unmounted and come back; the state folder with the lock is looked at
    /// beforehand.
    private func mayPass(_ error: WorkerError) -> Bool {
        error.code == .unwritable || error.code == .missing && parts.folders.isInboxApart
    }

    private func requireFolders() throws {
        guard parts.lock.isInPlace else {
            throw WorkerError(
                .missing, "The state folder \(parts.folders.state) was removed, moved away or unmounted.",
                advice: "Put it back and start the worker again.")
        }
    }

    private func pass() throws -> Inbox.Scan {
        parts.wakePipe.drain()
        let device = FileSystem.status(inbox.folder, followingLinks: true)?.st_dev
        if isWatchLost || device != watchedDevice { try watchAgain() }
        let events = watch.read()
        guard !events.contains(.folderGone) else {
            isWatchLost = true
            throw WorkerError(.missing, "The inbox \(inbox.folder) was removed, moved away or unmounted.")
        }
        if events.contains(.overflow) { log("inbox: events were lost; the folder is scanned instead") }
        inbox.note(events)
        if hasLeftovers {
            for job in try parts.intake.finishLeftovers() { admitted(job) }
            hasLeftovers = false
        }
        let scan = try takeReady()
        try lookAfterJobs()
        return scan
    }

    private func watchAgain() throws {
        guard FileSystem.isFolder(inbox.folder) else {
            throw WorkerError(.missing, "The inbox \(inbox.folder) was removed, moved away or unmounted.")
        }
        watch = try InboxWatch(folder: inbox.folder)
        isWatchLost = false
        watchedDevice = FileSystem.status(inbox.folder, followingLinks: true)?.st_dev
        log("inbox: \(inbox.folder) is watched again")
    }

    /// Scans, and takes what is complete; stops half-way where a signal comes.
    private func takeReady() throws -> Inbox.Scan {
        let scan = try inbox.scan()
        tellLeft(scan)
        for name in scan.ready.prefix(Self.mostAtOnce) where !stop.isRequested {
            do {
                guard let claim = try parts.intake.claim(name) else { continue }
                // Until it is admitted, only the claim tells of it.
                hasLeftovers = true
                if let job = try parts.intake.admit(claim) { admitted(job) }
                hasLeftovers = false
            } catch let error as WorkerError where error.code == .unwritable && !hasLeftovers {
                if inbox.refuse(name) { tell(error) }
            }
        }
        return scan
    }

    /// Tells once of what is left where it is.
    private func tellLeft(_ scan: Inbox.Scan) {
        for name in Set(scan.unreadable).subtracting(toldLeft).sorted() {
            log("inbox: the name \"\(name)\" is not UTF-8, so the file is left where it is; rename it")
        }
        for name in Set(scan.special).subtracting(toldLeft).sorted() {
            log(
                "inbox: \(ForeignText.quoted(name, limit: 255)) is a pipe, socket or device, and is left where it is; remove it"
            )
        }
        toldLeft = Set(scan.unreadable + scan.special)
    }

    /// Says what is wrong once, until something else is or nothing.
    private func tell(_ error: WorkerError) {
        let text = PipelineRunner.lines(error).joined(separator: " ")
        if text != lastTrouble { log("\(text) It is tried again.") }
        lastTrouble = text
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
        log("job \(job.id): \(job.name) \(job.state.rawValue)" + (job.reason.map { ": \($0)" } ?? ""))
    }

    private func isDrained(_ scan: Inbox.Scan) throws -> Bool {
        guard scan.ready.isEmpty, scan.waiting == 0 else { return false }
        let waiting = try parts.ledger.waiting()
        result.delayed = waiting.delayed
        result.obstacle = nil
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
        // A running job may be cancelled by another process, which cannot wake this one.
        let limit = parts.jobs.isBusy || once ? min(1, every) : held.jobs.isEmpty ? every : min(Self.heldTime, every)
        pause(scan.ready.isEmpty ? min(limit, scan.nextLook ?? limit) : 0)
    }

    /// Sleeps until something happens, at most for `seconds`.
    private func pause(_ seconds: Double) {
        let seconds = min(seconds, parts.pulse.beat())
        let all =
            [watch.descriptor, parts.wakePipe.descriptor] + stop.descriptors + (reload.map { [$0.descriptor] } ?? [])
        var descriptors = all.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // Rounded up: a millisecond early would find the file a millisecond too young, again and again.
        poll(&descriptors, nfds_t(descriptors.count), Int32((seconds * 1_000).rounded(.up)))
    }
}

import Foundation
import Glibc

/// The worker's main loop: waits for events of the inbox, a signal, a job's end or the time of the next scan, and
/// never does long work itself.
final class WatchLoop {
    private let settings: WorkerSettings
    private let ledger: Ledger
    private let intake: Intake
    private let jobs: JobThread
    private let courier: Courier
    private let pulse: Pulse
    private let watch: InboxWatch
    private let wakePipe: WakePipe
    private let stop: StopRequest
    private var inbox: Inbox
    private(set) var result = WatchResult()

    init(_ parts: WorkerParts, stop: StopRequest) throws {
        settings = parts.settings
        ledger = parts.ledger
        intake = parts.intake
        jobs = parts.jobs
        courier = parts.courier
        pulse = parts.pulse
        wakePipe = parts.wakePipe
        self.stop = stop
        inbox = Inbox(
            folder: parts.folders.inbox, quietTime: settings.quietTime, heldOpenTime: settings.heldOpenTime)
        // Before the first scan: what arrives between the two is seen by one or the other.
        watch = try InboxWatch(folder: parts.folders.inbox)
    }

    /// Until a signal, or with `once` until the inbox and the queue are empty.
    func run(once: Bool) throws {
        while true {
            if stop.isRequested {
                result.wasStopped = true
                return
            }
            wakePipe.drain()
            let events = watch.read()
            guard !events.contains(.folderGone) else {
                throw WorkerError(.missing, "The inbox \(inbox.folder) was removed or moved away.")
            }
            if events.contains(.overflow) { settings.log("inbox: events were lost; the folder is scanned instead") }
            inbox.note(events)
            let scan = try takeReady()
            try lookAfterJobs()
            if once, try isDrained(scan) { return }
            wait(for: scan, once: once)
        }
    }

    /// Scans, and takes what is complete; stops half-way where a signal comes.
    private func takeReady() throws -> Inbox.Scan {
        let scan = try inbox.scan()
        for name in scan.ready where !stop.isRequested {
            do {
                guard let job = try intake.take(name) else { continue }
                admitted(job)
            } catch let error as WorkerError where error.code == .unwritable {
                settings.log("inbox: \(error.message) \(error.cause ?? "")")
                inbox.refuse(name)
            }
        }
        return scan
    }

    /// Counts and tells of a manifest that was admitted.
    func admitted(_ job: JobRecord) {
        if job.state == .rejected {
            result.ended[.rejected, default: 0] += 1
            settings.log("job \(job.id): \(job.manifestFile) rejected, see \(job.runFolder ?? "the ledger")")
        } else {
            settings.log("job \(job.id): \(job.manifestFile) queued as \(job.name)")
            jobs.wake()
        }
        courier.wake()
    }

    private func lookAfterJobs() throws {
        if let fault = jobs.fault { throw fault }
        if let running = jobs.runningJob, try ledger.isCancelRequested(running) { jobs.cancel(running) }
        for job in jobs.takeEnded() { ended(job) }
    }

    /// Counts and tells of jobs that ended, the last one after a stop included.
    func ended(_ job: JobRecord) {
        result.ended[job.state, default: 0] += 1
        settings.log("job \(job.id): \(job.name) \(job.state.rawValue)" + (job.reason.map { ": \($0)" } ?? ""))
        courier.wake()
    }

    private func isDrained(_ scan: Inbox.Scan) throws -> Bool {
        // In this order: the job thread is busy from before it takes a job, so none slips between the two questions.
        try scan.ready.isEmpty && scan.waiting == 0 && ledger.waitingCount() == 0 && !jobs.isBusy
            && jobs.takeEnded().map(ended).isEmpty && jobs.fault == nil
    }

    private func wait(for scan: Inbox.Scan, once: Bool) {
        // A running job may be cancelled by another process, which cannot wake this one.
        let limit = min(pulse.beat(), jobs.isBusy || once ? min(1, settings.scanEvery) : settings.scanEvery)
        let seconds = scan.ready.isEmpty ? min(limit, scan.nextLook ?? limit) : 0
        var descriptors = ([watch.descriptor, wakePipe.descriptor] + stop.descriptors).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        // Rounded up: a millisecond early would find the file a millisecond too young, again and again.
        poll(&descriptors, nfds_t(descriptors.count), Int32((seconds * 1_000).rounded(.up)))
    }
}

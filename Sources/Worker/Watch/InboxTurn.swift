import Common
import ForeignText
import Foundation
import Glibc
import Ledger
import Manifests
import OperatingSystem

/// The watch loop's part of the inbox: sees what is complete there, claims it, and has it admitted. One thread at a time.
final class InboxTurn {
    /// Manifests taken in one pass at most: a flood of them delays a cancel request by the time these take, not all.
    private static let mostAtOnce = 200
    /// Bytes of manifests taken in one pass at most, so that the ledger's bound is exceeded by no more than these.
    private static let mostBytesAtOnce = 16 << 20

    /// What the loop has to do meanwhile, and with what came of it.
    struct Callbacks {
        /// Asked some times a second while a manifest is read; false gives the reading up.
        let isWanted: () throws -> Bool
        let admitted: (JobRecord) -> Void
        let tell: (any Fault) -> Void
    }

    private let parts: WorkerParts
    private var watch: InboxWatch
    /// The folder that is watched went away, and may be another one by now.
    private var isWatchLost = false
    /// It came back, and claims of jobs that ended meanwhile may lie in it.
    private var hasReturned = false
    /// The device of the folder that is watched: a file system mounted over it is another one.
    private var watchedDevice: dev_t?
    private var inbox: Inbox
    /// Claims that were not admitted yet, oldest first: those of an earlier worker, those that the ledger had no room for,
    /// and those that took down their reader once.
    private var unadmitted: [Claim] = []
    /// Files that were told of as left where they are.
    private var toldLeft: Set<String> = []
    /// The ledger keeps as many manifests as it may, and all of them are needed.
    private var isLedgerFull = false
    /// Why nothing is taken although it may wait; nil where it is.
    private(set) var hold: String?

    init(_ parts: WorkerParts) throws {
        self.parts = parts
        let settings = parts.live.settings
        inbox = Inbox(
            folder: parts.folders.inbox, quietTime: settings.quietTime, heldOpenTime: settings.heldOpenTime,
            believesTimes: MountTable.networkFileSystem(of: parts.folders.inbox) == nil)
        // Before the first scan: what arrives between the two is seen by one or the other.
        watch = try InboxWatch(folder: parts.folders.inbox)
        watchedDevice = FileSystem.status(parts.folders.inbox, followingLinks: true)?.st_dev
    }

    /// Readable when something happens in the inbox; for poll(2).
    var descriptor: Int32 { watch.descriptor }
    /// Whether claims wait to be admitted.
    var hasUnadmitted: Bool { !unadmitted.isEmpty }
    /// Whether such claims wait, and nothing keeps them from it.
    var hasWork: Bool { hold == nil && hasUnadmitted }

    private func log(_ line: String) { parts.live.settings.log(line) }

    /// Claims of an earlier worker, to be admitted first.
    func takeOver(_ claims: [Claim]) { unadmitted += claims }

    /// Looks at the inbox once, and takes what is complete; stops half-way where a signal comes.
    func pass(_ callbacks: Callbacks) throws -> Inbox.Scan {
        inbox.quietTime = parts.live.settings.quietTime
        let device = FileSystem.status(inbox.folder, followingLinks: true)?.st_dev
        if isWatchLost || device != watchedDevice { try watchAgain() }
        let events = watch.read()
        guard !events.contains(.folderGone) else {
            isWatchLost = true
            throw WorkerError(.missing, "The inbox \(inbox.folder) was removed, moved away or unmounted.")
        }
        if events.contains(.overflow) { log("inbox: events were lost; the folder is scanned instead") }
        inbox.note(events)
        // Tried until it works: why it does not is told of whenever a manifest is claimed.
        if hasReturned, (try? parts.intake.discardEnded()) != nil { hasReturned = false }
        try lookForRoom()
        if hold == nil { try admitAll(callbacks) }
        let scan = try inbox.scan()
        tellLeft(scan)
        if hold == nil { try take(scan.ready, callbacks) }
        return scan
    }

    /// Tells once of what is left where it is.
    private func tellLeft(_ scan: Inbox.Scan) {
        for name in Set(scan.unreadable).subtracting(toldLeft).sorted() {
            log("inbox: the name \"\(name)\" is not UTF-8, so the file is left where it is; rename it")
        }
        for name in Set(scan.special).subtracting(toldLeft).sorted() {
            let shown = ForeignText.quoted(name, limit: 255)
            log("inbox: \(shown) is a pipe, socket or device, and is left where it is; remove it")
        }
        toldLeft = Set(scan.unreadable + scan.special)
    }

    private func watchAgain() throws {
        guard FileSystem.isFolder(inbox.folder) else {
            throw WorkerError(.missing, "The inbox \(inbox.folder) was removed, moved away or unmounted.")
        }
        watch = try InboxWatch(folder: inbox.folder)
        isWatchLost = false
        hasReturned = true
        watchedDevice = FileSystem.status(inbox.folder, followingLinks: true)?.st_dev
        log("inbox: \(inbox.folder) is watched again")
    }

    /// Finds out whether anything may be taken: a disk has room, and the ledger for another manifest.
    private func lookForRoom() throws {
        if let obstacle = parts.obstacles.look(), obstacle.stopsIntake {
            hold = obstacle.text
            return
        }
        let mebibytes = parts.live.settings.retention.manifestsMiB
        let limit = mebibytes << 20
        let (kept, needed) = try parts.ledger.manifestBytes()
        let text =
            "the manifests of jobs that wait or run come to \(needed >> 20) MiB; retention.manifests_mib is \(mebibytes)"
        let wasFull = isLedgerFull
        isLedgerFull = needed >= limit
        hold = isLedgerFull ? text : nil
        // The figures in the text change all the time; the log is told of the beginning and the end.
        if isLedgerFull != wasFull { log(isLedgerFull ? "no manifest is taken: \(text)" : "manifests are taken again") }
        // A tenth more than needed, so that it is not done at every pass.
        guard kept > limit else { return }
        let count = try parts.ledger.pruneManifests(downTo: limit - limit / 10)
        if count > 0 {
            log("the manifests of \(count) jobs that ended were forgotten: retention.manifests_mib is \(mebibytes)")
        }
    }

    private func take(_ names: [String], _ callbacks: Callbacks) throws {
        var bytes = 0
        for name in names.prefix(Self.mostAtOnce) where bytes < Self.mostBytesAtOnce {
            guard try callbacks.isWanted() else { return }
            let before = unadmitted.count
            do {
                guard let claim = try parts.intake.claim(name) else { continue }
                bytes += claim.size
                // Until it is admitted, only the claim tells of it.
                unadmitted.append(claim)
                if try isDecided(claim, callbacks) { unadmitted.removeLast() }
            } catch let error as any Fault where error.mayPass && unadmitted.count == before {
                if inbox.refuse(name) { callbacks.tell(error) }
            }
        }
    }

    /// Has the claims that are left read once more each; one that is still undecided stays for the next pass.
    private func admitAll(_ callbacks: Callbacks) throws {
        var undecided: [Claim] = []
        defer { unadmitted = undecided + unadmitted }
        while let claim = unadmitted.first {
            guard try callbacks.isWanted() else { return }
            if let job = try parts.intake.finish(claim) {
                callbacks.admitted(job)
            } else if try !isDecided(claim, callbacks) {
                undecided.append(claim)
            }
            unadmitted.removeFirst()
        }
    }

    private func isDecided(_ claim: Claim, _ callbacks: Callbacks) throws -> Bool {
        switch try parts.intake.admit(claim, isWanted: callbacks.isWanted) {
        case .job(let job): callbacks.admitted(job)
        case .repetition: break
        case .undecided: return false
        }
        return true
    }
}

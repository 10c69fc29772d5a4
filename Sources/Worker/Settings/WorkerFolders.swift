import Common
import Executors
import Foundation
import Glibc
import OperatingSystem

/// The worker's paths, absolute.
package struct WorkerFolders: Sendable {
    package let inbox: String
    package let outbox: String
    package let state: String

    package var ledger: String { state + "/ledger.sqlite" }
    package var lock: String { state + "/worker.lock" }
    /// Where manifests are claimed to, by a rename out of the inbox: in the state folder, or hidden in an inbox that lies
    /// on a file system of its own.
    package let claimed: String
    /// Whether the inbox lies on another file system than the state folder. It may then go and come back by itself.
    package let isInboxApart: Bool
    package var jobs: String { StateFolder(state).jobs }
    package var hashCache: String { state + "/hashes.json" }
    package var rejected: String { outbox + "/rejected" }
    /// An empty file by which the worker knows its outbox: where a file system is not mounted, it is not there.
    package var outboxMark: String { outbox + "/.lorad-outbox" }
    package var backups: String { StateFolder(state).backups }

    /// `.lorad/jobs/ID`: checkpoints, log, progress.
    package func work(_ job: String) -> String { jobs + "/" + job }
    package func log(_ job: String) -> String { work(job) + "/log" }
    package func progress(_ job: String) -> String { work(job) + "/progress.json" }
    /// What an attempt is about to publish, or has.
    package func journal(_ job: String) -> String { work(job) + "/" + JobRequest.journal }
    /// `.lorad/claimed/ID/NAME.yaml`: a folder a job, so that the file keeps the name its sender gave it.
    package func claim(_ job: String) -> String {
        let local = localClaim(job)
        return FileSystem.exists(local) ? local : claimed + "/" + job
    }

    /// The same in the state folder, whatever the inbox lies on.
    package func localClaim(_ job: String) -> String { localClaims + "/" + job }

    private var localClaims: String { StateFolder(state).claims }

    /// Where claims may lie: those of before lorad.yaml named another inbox too.
    package var claimFolders: [String] { isInboxApart ? [localClaims, claimed] : [localClaims] }

    /// Makes what is missing.
    ///
    /// Throws where a folder cannot be made, lies on a network file system (state), or where `.claimed` of an inbox is
    /// not this worker's own.
    package init(_ settings: WorkerSettings) throws {
        let (inbox, outbox) = (Self.absolute(settings.inbox), Self.absolute(settings.outbox))
        for folder in [inbox, outbox, outbox + "/rejected"] { try FileSystem.makeFolder(folder) }
        try StateFolder(Self.absolute(settings.state)).make()
        self.init(asking: settings)
        try requireLocalState()
        guard FileSystem.exists(inbox), FileSystem.exists(state) else {
            throw WorkerError(.missing, "The folder \(inbox) or \(state) has vanished.")
        }
        guard isInboxApart else { return }
        if mkdir(claimed, 0o700) != 0, errno != EEXIST {
            throw WorkerError(.unwritable, "The folder \(claimed) cannot be made.", cause: FileSystem.reason())
        }
        try requireOwnClaims()
    }

    /// The paths alone, for whoever only asks: nothing is made.
    package init(asking settings: WorkerSettings) {
        inbox = Self.absolute(settings.inbox)
        outbox = Self.absolute(settings.outbox)
        state = Self.absolute(settings.state)
        // Of a folder that does not exist yet, the one that it will be made in tells.
        let devices = [inbox, state].map { FileSystem.status(FileSystem.nearest($0), followingLinks: true)?.st_dev }
        isInboxApart = devices[0] != devices[1]
        claimed = isInboxApart ? inbox + "/.claimed" : StateFolder(state).claims
    }

    /// Throws `.configuration` where the state folder lies on a network file system.
    func requireLocalState() throws {
        guard let network = MountTable.networkFileSystem(of: state) else { return }
        throw WorkerError(
            .configuration, "The state folder \(state) lies on a network file system (\(network)).",
            advice: "Put it on a local disk: the ledger's write-ahead log needs one host.")
    }

    /// Closes an older lorad's state folder to other accounts.
    func tightenState() throws { try StateFolder(state).tighten() }

    /// Claims in an inbox lie where others may write: what they put in the place of the folder is not followed.
    func requireOwnClaims() throws {
        guard isInboxApart else { return }
        guard let status = FileSystem.status(claimed), status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == geteuid(), status.st_mode & 0o022 == 0
        else {
            throw WorkerError(
                .unwritable, "\(claimed) is not a folder of this worker's own.",
                advice:
                    "Remove it. Only the worker's user may own it and write to it; chmod +t \(inbox) keeps others from "
                    + "exchanging it.")
        }
    }

    /// Marks the outbox as this worker's.
    package func markOutbox() throws {
        guard !FileSystem.exists(outboxMark) else { return }
        do {
            try Durable.writeNew(Data(), to: outboxMark)
        } catch {
            // Another process was quicker.
            guard FileSystem.exists(outboxMark) else { throw error }
        }
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}

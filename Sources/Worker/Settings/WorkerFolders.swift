import Foundation

/// The worker's paths, absolute, made where missing.
package struct WorkerFolders: Sendable {
    package let inbox: String
    package let outbox: String
    package let state: String

    package var ledger: String { state + "/ledger.sqlite" }
    package var lock: String { state + "/worker.lock" }
    package var claimed: String { state + "/claimed" }
    package var jobs: String { state + "/jobs" }
    package var hashCache: String { state + "/hashes.json" }
    package var rejected: String { outbox + "/rejected" }
    /// An empty file by which the worker knows its outbox: where a file system is not mounted, it is not there.
    package var outboxMark: String { outbox + "/.lorad-outbox" }
    package var backups: String { state + "/backups" }

    /// `.lorad/jobs/ID`: checkpoints, log, progress.
    package func work(_ job: String) -> String { jobs + "/" + job }
    package func log(_ job: String) -> String { work(job) + "/log" }
    package func progress(_ job: String) -> String { work(job) + "/progress.json" }
    /// `.lorad/claimed/ID/NAME.yaml`: a folder a job, so that the file keeps the name its sender gave it.
    package func claim(_ job: String) -> String { claimed + "/" + job }

    /// Throws where a folder cannot be made, lies on a network file system (state), or where the inbox could not be
    /// claimed from by rename.
    package init(_ settings: WorkerSettings) throws {
        inbox = Self.absolute(settings.inbox)
        outbox = Self.absolute(settings.outbox)
        state = Self.absolute(settings.state)
        for folder in [inbox, outbox, state, claimed, jobs, rejected] { try FileSystem.makeFolder(folder) }
        if let network = MountTable.networkFileSystem(of: state) {
            throw WorkerError(
                .configuration, "The state folder \(state) lies on a network file system (\(network)).",
                advice: "Put it on a local disk: the ledger's write-ahead log needs one host.")
        }
        guard let inboxStatus = FileSystem.status(inbox, followingLinks: true),
            let claimedStatus = FileSystem.status(claimed, followingLinks: true)
        else { throw WorkerError(.missing, "The folder \(inbox) or \(claimed) has vanished.") }
        guard inboxStatus.st_dev == claimedStatus.st_dev else {
            throw WorkerError(
                .configuration, "The inbox \(inbox) and the state folder \(state) lie on different file systems.",
                advice: "Put both on one: a manifest is claimed by an atomic rename from one into the other.")
        }
    }

    /// Marks the outbox as this worker's.
    package func markOutbox() throws {
        guard !FileSystem.exists(outboxMark) else { return }
        do {
            try FileSystem.writeNewFile([], to: outboxMark)
        } catch {
            // Another process was quicker.
            guard FileSystem.exists(outboxMark) else { throw error }
        }
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}

import Foundation

/// The worker's paths, absolute, made where missing.
struct WorkerFolders: Sendable {
    let inbox: String
    let outbox: String
    let state: String

    var ledger: String { state + "/ledger.sqlite" }
    var lock: String { state + "/worker.lock" }
    var claimed: String { state + "/claimed" }
    var jobs: String { state + "/jobs" }
    var rejected: String { outbox + "/rejected" }

    /// `.lorad/jobs/ID`: checkpoints, log, progress.
    func work(_ job: String) -> String { jobs + "/" + job }
    func log(_ job: String) -> String { work(job) + "/log" }
    func progress(_ job: String) -> String { work(job) + "/progress.json" }
    /// `.lorad/claimed/ID/NAME.yaml`: a folder a job, so that the file keeps the name its sender gave it.
    func claim(_ job: String) -> String { claimed + "/" + job }

    /// Throws where a folder cannot be made, lies on a network file system (state), or where the inbox could not be
    /// claimed from by rename.
    init(_ settings: WorkerSettings) throws {
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

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}

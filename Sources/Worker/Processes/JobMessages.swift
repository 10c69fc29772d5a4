import Foundation
import Glibc
import Manifests
import Pipeline

/// What the worker tells a job process: one JSON document a line, on the process's standard input. Its end means that
/// the worker is gone.
enum JobCommand: Codable, Sendable, Equatable {
    /// First, and once the ledger has the process's identity: the work.
    case run(JobOrder)
    /// Write the checkpoint and end.
    case stop
    /// The answer to `.mayPublish`.
    case publish(Bool)
}

/// What a job process tells the worker: one JSON document a line, on its standard output.
enum JobReport: Codable, Sendable, Equatable {
    case stageStarted(name: String, detail: String?)
    case stageEnded(name: String, detail: String?)
    case progress(step: Int, total: Int, loss: Double, tokensPerSecond: Double, secondsLeft: Double)
    /// How many pieces of work are done, however small; see `JobEvents.moved`.
    case moved(Int)
    case log(String)
    /// A sign of life from a thread that does no compute.
    case heartbeat
    /// Asks, as the last thing before the run appears in the outbox, whether the attempt still owns the job.
    case mayPublish
    /// Last. The process then waits for the end of its standard input, so that this line is never lost with it.
    case ended(JobOutcome)
}

/// One attempt and all that its process must know: of webhooks only which files are not its to read.
struct JobOrder: Codable, Sendable, Equatable {
    let request: JobRequest
    let outbox: String
    let state: String
    let pipelines: String
    let allowedRoots: [String]
    /// Paths of files that the job may not read though a root holds them; of secrets' files too, whose contents stay with
    /// the worker.
    let protected: [String]
    /// Threads to compute with.
    let threads: Int
    let limits: JobLimits
    /// Seconds between heartbeats.
    let heartbeat: Double

    /// `outbox/NAME`, where runs of the job's name stand; nil for what cannot be a folder's name.
    var runsFolder: String? {
        let name = request.name
        let isName = !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
        return isName ? outbox + "/" + name : nil
    }

    /// Makes `runsFolder`: a confined process may write beneath it and not beside it. True where it was not there.
    ///
    /// - Throws: `WorkerError.unwritable`.
    func makeRunsFolder() throws -> Bool {
        guard let runsFolder, FileSystem.exists(outbox) else { return false }
        if mkdir(runsFolder, 0o777) == 0 {
            try FileSystem.syncFolder(outbox)
            return true
        }
        guard errno == EEXIST else {
            throw WorkerError(.unwritable, "The folder \(runsFolder) cannot be made.", cause: FileSystem.reason())
        }
        return false
    }

    /// Removes `runsFolder` where no run came to stand in it.
    func removeEmptyRunsFolder() {
        if let runsFolder { rmdir(runsFolder) }
    }

    /// What all jobs share, and none writes.
    var hashCache: String { state + "/hashes.json" }

    init(_ request: JobRequest, _ configuration: WorkerConfiguration, threads: Int) {
        self.request = request
        outbox = configuration.outbox
        state = configuration.state
        pipelines = configuration.pipelines
        allowedRoots = configuration.allowedRoots
        protected = configuration.protectedPaths
        self.threads = threads
        limits = JobLimits(configuration.limits)
        heartbeat = configuration.jobs.heartbeat
    }

    /// What `PipelineRunner` needs of lorad.yaml.
    var configuration: WorkerConfiguration {
        var configuration = WorkerConfiguration()
        configuration.outbox = outbox
        configuration.state = state
        configuration.pipelines = pipelines
        configuration.allowedRoots = allowedRoots
        configuration.ownFiles = protected
        configuration.limits.memoryMiB = limits.memoryBytes.map { $0 >> 20 }
        configuration.limits.freeDiskMiB = limits.freeDiskBytes >> 20
        return configuration
    }
}

extension JobLimits {
    /// What lorad.yaml allows; `rule` is that of the manifest's owner.
    package init(_ limits: LimitsConfiguration, rule: OwnerRule? = nil) {
        self.init(
            memoryBytes: limits.memoryMiB.map { $0 << 20 }, freeDiskBytes: limits.freeDiskMiB << 20, rows: rule?.rows,
            steps: rule?.steps)
    }
}

/// A message as a line, without its line feed.
enum MessageLine {
    static func text(_ message: some Encodable) throws -> String { try LedgerJSON.encode(message) ?? "" }

    static func read<Message: Decodable>(_ line: String, of job: String) throws -> Message? {
        try LedgerJSON.decode(line, of: job)
    }
}

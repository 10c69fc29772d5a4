import Common
import Foundation
import Glibc
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline

/// One attempt and all that its process must know: of webhooks only which files are not its to read.
package struct JobOrder: Codable, Sendable, Equatable {
    package let request: JobRequest
    package let outbox: String
    let state: String
    let pipelines: String
    let allowedRoots: [String]
    /// Paths of files that the job may not read though a root holds them; of secrets' files too, whose contents stay with
    /// the worker.
    let protected: [String]
    /// Threads to compute with.
    let threads: Int
    let limits: JobLimits
    /// SHA-256 of the program, which a confined process cannot read; nil where this one cannot either.
    let binarySHA256: String?
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
    /// - Throws: `WorkerError.unwritable`, or `SystemError` where the outbox cannot be flushed.
    func makeRunsFolder() throws -> Bool {
        guard let runsFolder, FileSystem.exists(outbox) else { return false }
        if mkdir(runsFolder, 0o777) == 0 {
            try Durable.synchronize(outbox)
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
    /// The tokenized rows that earlier jobs of this name left, which this one reads and does not write.
    var keptRows: String? { RowCacheFolder.folder(of: request.name, in: configuration.rowCache) }

    /// The same of scores.
    var keptScores: String? { RowCacheFolder.folder(of: request.name, in: configuration.scoreCache) }

    /// An order by lorad.yaml; its threads are shared out among the jobs that may run at the same time.
    package init(_ request: JobRequest, _ configuration: WorkerConfiguration) {
        self.request = request
        outbox = configuration.outbox
        state = configuration.state
        pipelines = configuration.pipelines
        allowedRoots = configuration.allowedRoots
        protected = configuration.protectedPaths
        let all = configuration.threads ?? ProcessInfo.processInfo.activeProcessorCount
        threads = max(1, all / max(1, configuration.jobs.atOnce))
        limits = JobLimits(configuration.limits)
        binarySHA256 = Self.binary
        heartbeat = configuration.jobs.heartbeat
    }

    /// Of this process's own program, read once.
    private static let binary = try? ContentHash.ofFile("/proc/self/exe")

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

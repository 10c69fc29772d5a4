import Common
import Executors
import Foundation
import JobReports
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline

/// A job that somebody runs by hand: in this process, with neither inbox, queue nor ledger.
package struct ForegroundRun {
    private let configuration: WorkerConfiguration
    private let shouldStop: @Sendable () -> Bool
    private let report: @Sendable (JobReport) -> Void

    /// - Parameters:
    ///   - shouldStop: asked between steps; true ends it with its checkpoint written.
    ///   - report: takes what the job tells.
    package init(
        _ configuration: WorkerConfiguration, shouldStop: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (JobReport) -> Void
    ) {
        self.configuration = configuration
        self.shouldStop = shouldStop
        self.report = report
    }

    /// Runs the job of a manifest's file to its end, and goes on where an earlier run of its name was cut off.
    ///
    /// - Throws: `PipelineError.locked` where another process runs a job of the name here; as `JobPipeline.run`;
    ///   `ManifestsError`.
    package func run(manifest path: String) throws -> JobResult {
        let document = try ManifestReading.document(path: path, configuration)
        let name = document.manifest.name
        let work = try StateFolder(configuration.state).folder(forForegroundRunOf: name)
        let lock = try lock(work + "/lock", of: name)
        defer { withExtendedLifetime(lock) {} }
        try FileSystem.makeFolder(configuration.outbox)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ManifestsError(.missing, "\(path) cannot be read.")
        }
        let request = JobRequest(
            id: name, name: name, manifestPath: path, manifestText: String(decoding: data, as: UTF8.self),
            workFolder: work, attempt: 1, isForeground: true)
        let executor = InProcessExecutor(shouldStop: shouldStop)
        let execution = try executor.start(JobOrder(request, configuration))
        executor.send(.run, to: execution)
        _ = executor.reports(of: execution).outcome { told in
            guard told == .mayPublish else { return report(told) }
            // There is no ledger that another attempt could own the job by.
            executor.send(.publish(true), to: execution)
        }
        guard let result = executor.result(of: execution) else {
            throw PipelineError(.interrupted, "The job was stopped before it began.")
        }
        return try result.get()
    }

    /// Does what a job does before training, and nothing else: finds whatever would stop it.
    ///
    /// - Throws: as `JobPipeline.check`; `ManifestsError`.
    package func check(manifest path: String) throws -> JobCheck { try looking(at: path).check() }

    /// What a job would train on.
    ///
    /// - Throws: as `JobPipeline.data`; `ManifestsError`.
    package func data(manifest path: String) throws -> DataSummary { try looking(at: path).data() }

    /// A job that is looked at and not run.
    private func looking(at path: String) throws -> JobPipeline {
        let environment = JobEnvironment(
            outbox: configuration.outbox, workFolder: configuration.state,
            hashCache: HashCache(file: configuration.hashCache), policy: configuration.pathPolicy(),
            shouldStop: shouldStop, reporter: JobReporter(report), limits: JobLimits(configuration.limits))
        return try JobPipeline(ManifestReading.document(path: path, configuration), environment: environment)
    }

    private func lock(_ path: String, of name: String) throws -> FileLock {
        if let lock = try FileLock.ifFree(path) { return lock }
        let holder = LockHolder.of(path).map { ": " + $0.words(showing: quoted) } ?? ""
        throw PipelineError(
            .locked, "Another `lorad run` of the name \(name) is under way here\(holder).",
            advice: "Wait for it, or submit the job to a worker.")
    }
}

import ArgumentParser
import Common
import Foundation
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline
import Publication
import Views
import Worker

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs one job in the foreground.")

    @Argument(help: "The job's manifest.")
    var manifest: String
    @Option(help: "Publish here instead of lorad.yaml's outbox.")
    var outbox: String?
    @Flag(help: "JSON on stdout, which the last line is in any case.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        do {
            let result = try result()
            RunTable.write(result.report)
            let told = result.report.explanation
            try Output.json(
                RunAnswer(
                    status: result.status.rawValue, runFolder: result.runFolder,
                    reason: told.isEmpty ? nil : told.joined(separator: "\n")))
            if result.status != .succeeded { throw ExitCode(.failed) }
        } catch let error where isRejection(error) {
            let reason = ErrorLines.of(error).joined(separator: "\n")
            try Output.json(RunAnswer(status: "rejected", runFolder: nil, reason: reason))
            throw error
        } catch let error as PipelineError where error.code == .failed {
            // It ran, and came to nothing that could be published.
            let reason = ErrorLines.of(error).joined(separator: "\n")
            try Output.json(RunAnswer(status: "failed", runFolder: nil, reason: reason))
            throw error
        }
    }

    private func result() throws -> JobResult {
        let configuration = try worker.load()
        let document = try ManifestReading.document(path: manifest, configuration)
        let work = try StateFolder(configuration.state).folder(forForegroundRunOf: document.manifest.name)
        let lockFile = work + "/lock"
        guard let lock = try FileLock.ifFree(lockFile) else {
            let holder = LockHolder.of(lockFile).map { ": " + $0.words(showing: quoted) } ?? ""
            throw PipelineError(
                .locked, "Another `lorad run` of the name \(document.manifest.name) is under way here\(holder).",
                advice: "Wait for it, or submit the job to a worker.")
        }
        defer { withExtendedLifetime(lock) {} }
        let signals = try StopSignals()
        let outbox = outbox ?? configuration.outbox
        try FileManager.default.createDirectory(atPath: outbox, withIntermediateDirectories: true)
        let environment = JobEnvironment(
            outbox: outbox, workFolder: work, hashCache: HashCache(file: configuration.hashCache),
            policy: configuration.pathPolicy(), shouldStop: { signals.received },
            reporter: JobReporter(ProgressPrinter().take),
            limits: JobLimits(configuration.limits),
            previousRun: LatestLink.run(outbox: outbox, name: document.manifest.name))
        return try JobPipeline(document, environment: environment).run()
    }

    private func isRejection(_ error: any Error) -> Bool {
        (error as? ManifestsError)?.mistakes.isEmpty == false || (error as? PipelineError)?.code == .rejected
    }
}

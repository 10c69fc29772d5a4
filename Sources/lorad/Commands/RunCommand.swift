import ArgumentParser
import Common
import Foundation
import Manifests
import OperatingSystem
import Pipeline
import Publication
import Views
import Worker

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs one job in the foreground, beside the queue; no worker is needed.")

    @Argument(help: "The job's manifest.")
    var manifest: String
    @Option(name: .customLong("set"), help: "key=value, such as training.max_steps=20; repeatable.")
    var settings: [String] = []
    @OptionGroup var cache: CacheOption
    @Option(help: "Publish here instead of lorad.yaml's outbox.")
    var outbox: String?
    @Flag(help: "JSON on stdout, as its last line is in any case where that is no terminal.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        var job: String?
        do {
            let result = try result { job = $0 }
            RunTable.write(result.report)
            let told = result.report.explanation
            try tell(
                RunAnswer(
                    status: result.status.rawValue, runFolder: result.runFolder,
                    reason: told.isEmpty ? nil : told.joined(separator: "\n"), job: job))
            if result.status != .succeeded { throw ExitCode(.failed) }
        } catch let error where isRejection(error) {
            try tell(RunAnswer(status: "rejected", runFolder: nil, reason: reason(error), job: job))
            throw error
        } catch let error as PipelineError where error.code == .failed {
            // It ran, and came to nothing that could be published.
            try tell(RunAnswer(status: "failed", runFolder: nil, reason: reason(error), job: job))
            throw error
        }
    }

    /// To a program JSON; to a person, who has read the reason already, where the run lies.
    private func tell(_ answer: RunAnswer) throws {
        if json || !Terminal.isOutput { return try Output.json(answer) }
        if let folder = answer.runFolder { Output.line("\(answer.status): \(folder)") }
    }

    private func result(_ begun: (String) -> Void) throws -> JobResult {
        var configuration = try worker.load()
        if let outbox { configuration.outbox = outbox }
        let signals = try StopSignals()
        let printer = ProgressPrinter()
        return try ForegroundRun(
            configuration, shouldStop: { signals.received }, report: printer.take
        ).run(manifest: manifest, settings: settings + cache.settings) { job in
            begun(job.id)
            let again = job.attempt > 1 ? ", attempt \(job.attempt)" : ""
            printer.line("job \(job.id): \(job.name) started\(again)")
        }
    }

    private func reason(_ error: any Error) -> String { ErrorLines.of(error).joined(separator: "\n") }

    private func isRejection(_ error: any Error) -> Bool {
        (error as? ManifestsError)?.mistakes.isEmpty == false || (error as? PipelineError)?.code == .rejected
    }
}

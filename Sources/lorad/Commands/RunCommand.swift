import ArgumentParser
import Common
import Manifests
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
        var configuration = try worker.load()
        if let outbox { configuration.outbox = outbox }
        let signals = try StopSignals()
        return try ForegroundRun(
            configuration, shouldStop: { signals.received }, report: ProgressPrinter().take
        ).run(manifest: manifest)
    }

    private func isRejection(_ error: any Error) -> Bool {
        (error as? ManifestsError)?.mistakes.isEmpty == false || (error as? PipelineError)?.code == .rejected
    }
}

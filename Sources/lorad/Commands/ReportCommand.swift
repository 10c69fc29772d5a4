import ArgumentParser
import Common
import Foundation
import Pipeline
import Reports

struct ReportCommand: ParsableCommand {
    /// What a report can be written as.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case harness = "lm-eval"
    }

    /// Whose scores.
    enum Model: String, ExpressibleByArgument, CaseIterable {
        case adapter, base, parent, champion, previous
    }

    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Writes a published run's scores as other tools read them.")

    @Argument(help: "outbox/NAME/RUN, or NAME@17, NAME@champion, …")
    var runFolder: String
    @Option(help: "lm-eval: a results file of lm-evaluation-harness 0.4, one task a slice, with standard errors.")
    var format: Format
    @Option(help: "Which of the models that the run scored.")
    var model = Model.adapter
    @Option(help: "A file to write; stdout where none is named.")
    var output: String?
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let report = try PublishedReport.read(worker.runFolder(runFolder))
        guard let results = HarnessResults(report, of: model.rawValue) else {
            throw PipelineError(
                .missing, "The run has no scores of \(model.rawValue).",
                advice:
                    "evaluation.data names rows to score; gates that name parent, champion or previous have them scored."
            )
        }
        let data = try results.encoded()
        guard let output else { return Output.block(String(decoding: data, as: UTF8.self)) }
        try PublishedReport.write(data, to: output)
    }
}

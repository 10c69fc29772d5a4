import ArgumentParser
import Common
import Foundation
import Publication
import Views

struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists what is published: date, status, figure, change since the run before, size.")

    @Argument(help: "A job's name; every name where none is given.")
    var name: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let runs = PublishedRunAnswer.all(try OutboxRun.list(outbox: worker.load().outbox, name: name))
        if json { return try Output.json(runs) }
        guard !runs.isEmpty else { return Output.line("no runs yet") }
        let columns: [TextTable.Column] = [
            .init("name"), .init("finished", expendability: 3), .init("status"), .init("figure"),
            .init("change", isRight: true, expendability: 1), .init("size", isRight: true, expendability: 2),
            .init("folder"),
        ]
        Output.table(columns, runs.map(Self.cells))
    }

    private static func cells(_ run: PublishedRunAnswer) -> [String] {
        let status =
            run.status == "succeeded" && !run.isScored ? "not scored" : run.status ?? "report.json cannot be read"
        return [
            run.name, run.finishedAt.map { FigureFormat.time($0) } ?? "-",
            status + (run.isLatest ? " (latest)" : ""), figure(run), change(run), FigureFormat.bytes(run.bytes),
            run.runFolder,
        ]
    }

    private static func figure(_ run: PublishedRunAnswer) -> String {
        guard let metric = run.metric, let value = run.value else { return "-" }
        return HeadlineFigure.value(metric, value, slice: run.slice)
    }

    private static func change(_ run: PublishedRunAnswer) -> String {
        guard let metric = run.metric, let change = run.change else { return "-" }
        return HeadlineFigure.change(metric, change)
    }
}

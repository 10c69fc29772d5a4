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
        let rows = [["name", "finished", "status", "figure", "change", "size", "folder"]] + runs.map(Self.cells)
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                cell.padding(toLength: max(widths[column], cell.count), withPad: " ", startingAt: 0)
            }
            Output.line(cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces))
        }
    }

    private static func cells(_ run: PublishedRunAnswer) -> [String] {
        let status =
            run.status == "succeeded" && !run.isScored ? "not scored" : run.status ?? "report.json cannot be read"
        return [
            run.name, run.finishedAt.map { FigureFormat.time($0) } ?? "–",
            status + (run.isLatest ? " (latest)" : ""), figure(run), change(run), FigureFormat.bytes(run.bytes),
            run.runFolder,
        ]
    }

    private static func figure(_ run: PublishedRunAnswer) -> String {
        guard let metric = run.metric, let value = run.value else { return "–" }
        let slice = run.slice.map { $0 == "all" ? "" : " on \($0)" } ?? ""
        return "\(metric) \(isShare(metric) ? FigureFormat.percent(value) : FigureFormat.significant(value))\(slice)"
    }

    private static func change(_ run: PublishedRunAnswer) -> String {
        guard let metric = run.metric, let change = run.change else { return "–" }
        return isShare(metric) ? "\(FigureFormat.points(change)) points" : FigureFormat.difference(change)
    }

    private static func isShare(_ metric: String) -> Bool { metric == "accuracy" || metric == "calibration_error" }
}

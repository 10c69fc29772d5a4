import ArgumentParser
import Common
import ForeignText
import Foundation
import Manifests
import Pipeline
import Registry
import Reports
import Views

struct RegistryDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Two versions side by side: settings, data, slices, answers.")

    @Argument(help: "NAME@NUMBER, NAME@ALIAS, …, or a run's folder.")
    var before: String
    @Argument(help: "The same of the other.")
    var after: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let difference = try RunDifference(worker.runFolder(before), worker.runFolder(after))
        if json { return try Output.json(difference) }
        tellSettings(difference.settings)
        tellSlices(difference)
        tellTexts(difference)
    }

    private func tellSettings(_ settings: [SettingChange]) {
        guard !settings.isEmpty else { return Output.line("settings and data are the same") }
        Output.table(
            [.init("setting"), .init(ForeignText.line(before)), .init(ForeignText.line(after), isCut: true)],
            settings.map { [$0.key, $0.before ?? "-", $0.after ?? "-"].map(ForeignText.line) })
    }

    private func tellSlices(_ difference: RunDifference) {
        guard !difference.slices.isEmpty else { return Output.line("nothing was scored") }
        Output.line("")
        Output.table(
            [
                .init("slice"), .init("figure"), .init(ForeignText.line(before), isRight: true),
                .init(ForeignText.line(after), isRight: true), .init("change", isRight: true),
            ],
            difference.slices.map { slice in
                func figure(_ value: Double?) -> String {
                    guard let value else { return "-" }
                    return slice.metric == "accuracy" ? FigureFormat.percent(value) : FigureFormat.significant(value, 4)
                }
                let change = slice.before.flatMap { before in
                    slice.after.map { HeadlineFigure.change(slice.metric, $0 - before) }
                }
                return [
                    ForeignText.line(slice.slice), slice.metric, figure(slice.before), figure(slice.after),
                    change ?? "-",
                ]
            })
        if let flips = difference.flips {
            Output.line(
                "of \(FigureFormat.count(flips.compared)) rows that both scored, \(flips.nowRight) are right now and "
                    + "were not, \(flips.nowWrong) are wrong now and were not")
        }
    }

    private func tellTexts(_ difference: RunDifference) {
        guard difference.prompts > 0 else { return }
        Output.line("")
        guard !difference.texts.isEmpty else {
            return Output.line("all \(difference.prompts) regression prompts are answered alike")
        }
        Output.line("\(difference.texts.count) of \(difference.prompts) regression prompts are answered otherwise:")
        for text in difference.texts {
            Output.line(ForeignText.line(text.id))
            Output.line("  - \(ForeignText.line(text.before).debugDescription)")
            Output.line("  + \(ForeignText.line(text.after).debugDescription)")
        }
    }
}

struct RegistryAncestry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ancestry", abstract: "What a version went on from (adapter.init_from), and that one, and so on.")

    @Argument(help: "NAME@NUMBER, NAME@ALIAS or NAME@sha256:DIGEST.")
    var version: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let registry = try worker.registry()
        let found = try registry.version(VersionReference(version))
        let line = try registry.ancestry(of: found)
        if json { return try Output.json(line.map(AncestorAnswer.init)) }
        Output.line(found.reference)
        for (depth, ancestor) in line.enumerated() {
            let name = ancestor.version?.reference ?? ForeignText.line(ancestor.path)
            let digest = "sha256:\(ForeignText.line(ancestor.sha256).prefix(12))"
            Output.line("\(String(repeating: "  ", count: min(depth, 20)))└ went on from \(name) (\(digest))")
        }
        if let record = registry.origin(of: found)?.importation {
            return Output.line("└ was imported from \(ForeignText.line(record.source))")
        }
        if line.isEmpty { return Output.line("└ began fresh") }
        guard let last = line.last, last.version != nil else { return }
        Output.line("\(String(repeating: "  ", count: min(line.count, 20)))└ began fresh")
    }
}

import ArgumentParser
import Common
import ForeignText
import Foundation
import Ledger
import Views
import Worker

struct RegistryExports: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exports", abstract: "Lists what after_promote of lorad.yaml has exported, or is to.")

    @Flag(help: "Make what failed due at once; the worker tries it.")
    var retry = false
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        _ = try worker.registry()
        let records = try worker.worker().followUps(retry: retry)
        if json { return try Output.json(records.map(FollowUpAnswer.init)) }
        guard !records.isEmpty else { return Output.line("nothing is exported after a promotion") }
        Output.table(
            [
                .init("entry"), .init("adapter"), .init("version"), .init("state"),
                .init("last result", expendability: 1),
            ],
            records.map { record in
                [
                    record.label, record.name, RegistryWords.of(record.target), Self.state(record),
                    record.lastResult.map(ForeignText.line) ?? "-",
                ]
            })
    }

    private static func state(_ record: FollowUpRecord) -> String {
        guard record.state == .pending else { return "done" }
        guard record.attempts > 0 else { return "pending" }
        return "failed \(record.attempts) times, again at \(FigureFormat.time(record.dueAt))"
    }
}

import ArgumentParser
import OperatingSystem
import Pipeline
import Views
import Worker

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Shows what a job would train on, before anything is trained.",
        discussion: """
            Rows by file and slice, lengths in tokens and what training.max_length takes away, tokens that carry the loss, \
            labels, duplicates, rows that also stand in held-out data, three rows with what is trained of them, and steps. \
            How long the job would take on this machine is predicted from some training steps, which are timed on the base.
            """)

    @Argument(help: "The job's manifest.")
    var manifest: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @Flag(help: "Loads no weights, and predicts no time.")
    var noTime = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let signals = try StopSignals()
        let summary = try ForegroundRun(
            worker.load(), shouldStop: { signals.received }, report: ProgressPrinter().take
        ).data(manifest: manifest, isTimed: !noTime)
        if json { return try Output.json(DataAnswer(manifest: manifest, data: summary)) }
        DataPage(summary).show()
    }
}

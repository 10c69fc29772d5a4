import ArgumentParser
import Executors
import Tensors
import Views
import Worker

struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts no more jobs, over restarts too; those that run go on, and manifests are still taken.")

    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let worker = try worker.worker()
        try worker.pause()
        if json { return try Output.json(QueueAnswer(pausedSince: worker.pausedSince())) }
        Output.line("the queue is paused; `lorad resume` starts jobs again")
    }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Starts jobs again after `lorad pause`.")

    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let worker = try worker.worker()
        try worker.resume()
        if json { return try Output.json(QueueAnswer(pausedSince: worker.pausedSince())) }
        Output.line("the queue runs")
    }
}

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies the ledger into backups/ of the state folder and checks the copy.")

    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let path = try worker.worker().backUp()
        if json { return try Output.json(BackupAnswer(path: path)) }
        Output.line(path)
    }
}

/// What the worker starts to have manifests read; it takes its orders from standard input.
struct IntakeProcessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake-process", abstract: "Reads manifests, for a worker.", shouldDisplay: false)

    func run() throws { try IntakeProcess.run() }
}

/// What the worker starts for each export that follows a promotion; it takes its order from standard input.
struct ExportProcessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-process", abstract: "Makes one export, for a worker.", shouldDisplay: false)

    func run() throws { try ExportProcess.run(configureThreads: Threads.configure) }
}

/// What the worker starts for each attempt; it takes its order from standard input.
struct JobProcessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job-process", abstract: "Works on one attempt of a job, for a worker.", shouldDisplay: false)

    func run() throws { try JobProcess.run(configureThreads: Threads.configure) }
}

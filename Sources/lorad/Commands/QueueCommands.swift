import ArgumentParser
import Tensors
import Worker

struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts no more jobs, over restarts too; those that run go on, and manifests are still taken.")

    @OptionGroup var worker: WorkerOptions

    func run() throws {
        try worker.worker().pause()
        print("the queue is paused; `lorad resume` starts jobs again")
    }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Starts jobs again after `lorad pause`.")

    @OptionGroup var worker: WorkerOptions

    func run() throws {
        try worker.worker().resume()
        print("the queue runs")
    }
}

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies the ledger into backups/ of the state folder and checks the copy.")

    @OptionGroup var worker: WorkerOptions

    func run() throws { print(try worker.worker().backUp()) }
}

/// What the worker starts for each attempt; it takes its order from standard input.
struct JobProcessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job-process", abstract: "Works on one attempt of a job, for a worker.", shouldDisplay: false)

    func run() throws { try JobProcess.run(configureThreads: Threads.configure) }
}

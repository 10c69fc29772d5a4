import ArgumentParser
import Executors
import Foundation
import Ledger
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline
import Views
import Worker

struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs jobs as manifests arrive in the inbox.")

    @Flag(help: "Ends when inbox and queue are empty.")
    var once = false
    @Option(
        parsing: .unconditional,
        help: "Jobs that run at the same time, the threads shared out among them; else jobs.at_once of lorad.yaml.",
        transform: WholeNumber.within(1...256))
    var jobs: Int?
    @Flag(help: "JSON on stdout, once the worker ends: what it did.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        // First of all: reading lorad.yaml starts the threads that it asks for.
        for fault in Secrecy.begin() { Failure.write(fault) }
        // A journal needs no line every ten seconds.
        let printer = ProgressPrinter(lineEvery: 60)
        let (settings, tools) = parts(try worker.load(), printer)
        let stop = try StopRequest(signals: try StopSignals())
        let reload = try ReloadRequest { parts(try worker.read(), printer) }
        let result = try Worker(settings).watch(tools: tools, once: once, stop: stop, reload: reload)
        if json { try Output.json(WatchAnswer(result)) }
        for (state, count) in result.ended.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            Failure.write("\(count) \(state.rawValue)")
        }
        if once, result.ended[.failed] != nil { throw ExitCode(.failed) }
        try checkLeft(result)
    }

    /// The next worker goes on with what is left, and whoever started this one should know.
    private func checkLeft(_ result: WatchResult) throws {
        guard once, !result.wasStopped else { return }
        if result.delayed > 0 { Failure.write("\(result.delayed) wait for the time of their retry") }
        if let obstacle = result.obstacle { Failure.write("jobs are left: \(obstacle)") }
        if result.delayed > 0 || result.obstacle != nil { throw ExitCode(.tryAgain) }
    }

    /// What a worker is made of, `--jobs` applied.
    private func parts(
        _ configuration: WorkerConfiguration, _ printer: ProgressPrinter
    ) -> (WorkerSettings, WorkerTools) {
        var configuration = configuration
        if let jobs { configuration.jobs.atOnce = jobs }
        var settings = WorkerSettings(configuration) { printer.line($0) }
        settings.hear = { printer.take($1, of: $0) }
        return (settings, WorkerTools(configuration))
    }
}

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists every mistake of a manifest.")

    @Argument(help: "The job's manifest.")
    var manifest: String
    @Flag(help: "Also reads base and data as a job does before training, and finds whatever would stop it.")
    var deep = false
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let check: JobCheck?
        do { check = try checked() } catch let error as ManifestsError where json && !error.mistakes.isEmpty {
            try Output.json(ValidationAnswer(manifest: manifest, mistakes: error.mistakes))
            throw error
        } catch let error as PipelineError where json && !error.mistakes.isEmpty {
            try Output.json(ValidationAnswer(manifest: manifest, mistakes: error.mistakes))
            throw error
        }
        if json { return try Output.json(ValidationAnswer(manifest: manifest, mistakes: [], job: check)) }
        guard let check else { return Output.line("\(manifest): no mistakes") }
        Output.line(
            "\(manifest): no mistakes; \(check.rows) rows to train on in \(check.steps) steps, \(check.evaluationRows) to "
                + "score, \(check.prompts) prompts to prove a merge on, \(check.predictedPeakMemoryBytes >> 20) MiB of memory"
        )
    }

    /// Nil where only the manifest was looked at.
    private func checked() throws -> JobCheck? {
        let configuration = try worker.load()
        guard deep else {
            _ = try ManifestReading.document(path: manifest, configuration)
            return nil
        }
        let signals = try StopSignals()
        return try ForegroundRun(
            configuration, shouldStop: { signals.received }, report: ProgressPrinter().take
        ).check(manifest: manifest)
    }
}

struct Logs: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints a job's log.")

    @Argument(help: "A job's id, or its name.")
    var job: String
    @Flag(name: .shortAndLong, help: "Goes on until the job ends.")
    var follow = false
    @Flag(help: "JSON on stdout, one document a line.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        try worker.worker().logs(job, follow: follow) { lines in
            guard json else { return Output.blockNow(lines) }
            for line in lines.split(separator: "\n") { try Output.jsonNow(LogAnswer(line: line)) }
        }
    }
}

struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Cancels a waiting or running job.")

    @Argument(help: "A job's id, or its name.")
    var job: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let job = try worker.worker().cancel(job)
        if json { return try Output.json(JobAnswer(job)) }
        Output.line("\(job.id) is asked to stop")
    }
}

struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Queues a failed, rejected, cancelled or interrupted job again.")

    @Argument(help: "A job's id, or its name.")
    var job: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let (commands, configuration) = (try worker.worker(), try worker.load())
        try checkManifest(of: try commands.status(job).job, configuration)
        let job = try commands.retry(job)
        if json { return try Output.json(JobAnswer(job)) }
        Output.line("\(job.id) is queued")
    }

    /// - Throws: `WorkerError` where the manifest would be rejected once more before anything is done for it.
    private func checkManifest(of job: JobRecord, _ configuration: WorkerConfiguration) throws {
        // One that is not kept, or a job in another state, the ledger tells of.
        guard job.state.isFinal, job.state != .succeeded, !job.manifestText.isEmpty,
            case .rejected(let mistakes) = ManifestReading.verdict(
                on: job.manifestText, path: job.manifestFile, configuration)
        else { return }
        throw WorkerError(
            .manifest, "Job \(job.id)'s manifest cannot be run as it is: a retry would end in the same way.",
            cause: mistakes.joined(separator: "\n"), advice: "Submit a corrected manifest.")
    }
}

import ArgumentParser
import Executors
import Foundation
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
        let (settings, tools) = parts(try worker.load())
        let stop = try StopRequest(signals: try StopSignals())
        let reload = try ReloadRequest { parts(try worker.read()) }
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
    private func parts(_ configuration: WorkerConfiguration) -> (WorkerSettings, WorkerTools) {
        var configuration = configuration
        if let jobs { configuration.jobs.atOnce = jobs }
        return (WorkerSettings(configuration) { Failure.write($0) }, WorkerTools(configuration))
    }
}

struct Submit: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Validates a manifest and drops it into the inbox.")

    @Argument(help: "The job's manifest.")
    var manifest: String
    @Option(name: .customLong("set"), help: "key=value, such as training.max_steps=20; repeatable.")
    var settings: [String] = []
    @Option(
        parsing: .unconditional,
        help: "Sets the manifest's priority: waiting jobs of a higher one are started first.",
        transform: WholeNumber.within(-100...100))
    var priority: Int?
    @Flag(
        help: "Adds the time to the name, and submits only where data, base or settings changed since the last success."
    )
    var stamp = false
    @Flag(help: "Runs it again although a job of the same content waits, runs or has succeeded.")
    var again = false
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let configuration = try worker.load()
        let settings = settings + (priority.map { ["priority=\($0)"] } ?? [])
        if stamp { return try submitStamped(settings, configuration) }
        let submitted = try NightlyManifest(path: manifest, settings: settings, configuration)
        var text = submitted.text
        let worker = try worker.worker()
        if again {
            // Other bytes, and so another job, for whoever takes it out of the inbox.
            text += "\n# again \(UUID().uuidString)\n"
        } else if let job = try worker.repeated(text, inputs: submitted.document.manifest.inputs) {
            Failure.write(
                "\(manifest) has the content of job \(job.id) (\(job.state.rawValue)), and nothing it reads has changed; "
                    + "--again runs it again")
            return try tell(SubmissionAnswer(status: .repeated, job: job.id, runFolder: job.runFolder))
        }
        let name = URL(fileURLWithPath: manifest).lastPathComponent
        let path = "\(configuration.inbox)/\(try worker.submit(text, name: name))"
        try tell(SubmissionAnswer(status: .submitted, path: path))
    }

    private func tell(_ answer: SubmissionAnswer) throws {
        if json { return try Output.json(answer) }
        Output.line(answer.word)
    }

    private func submitStamped(_ settings: [String], _ configuration: WorkerConfiguration) throws {
        let nightly = try NightlyManifest(path: manifest, settings: settings, configuration)
        switch again ? .new("--again") : try worker.worker().novelty(of: nightly) {
        case .unchanged(let job):
            Failure.write(
                "\(manifest): data, base and settings are those of job \(job.id), which succeeded; --again trains anyway"
            )
            try tell(SubmissionAnswer(status: .unchanged, job: job.id, runFolder: job.runFolder))
        case .new(let reason):
            let now = Date()
            let name = NightlyManifest.fileName(of: manifest, at: now)
            // With --again other bytes, and so another job even within one minute.
            let text = try nightly.stamped(at: now, configuration) + (again ? "\n# again \(UUID().uuidString)\n" : "")
            Failure.write("\(manifest): \(reason)")
            let path = "\(configuration.inbox)/\(try worker.worker().submit(text, name: name))"
            try tell(SubmissionAnswer(status: .submitted, path: path))
        }
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
    static let configuration = CommandConfiguration(abstract: "Queues a failed, rejected or cancelled job again.")

    @Argument(help: "A job's id, or its name.")
    var job: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let job = try worker.worker().retry(job)
        if json { return try Output.json(JobAnswer(job)) }
        Output.line("\(job.id) is queued")
    }
}

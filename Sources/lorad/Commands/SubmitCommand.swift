import ArgumentParser
import Foundation
import Ledger
import Manifests
import OperatingSystem
import Views
import Worker

struct Submit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validates a manifest, drops it into the inbox, and prints the job's id.")

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
        help:
            "Sets the manifest's stamp to the time, and submits only where data, base or settings changed since the last success."
    )
    var stamp = false
    @OptionGroup var cache: CacheOption
    @Flag(help: "Runs it again although a job of the same content waits, runs or has succeeded.")
    var again = false
    @Flag(name: .shortAndLong, help: "Shows the job's progress until it ends, and ends as it did.")
    var follow = false
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let configuration = try worker.load()
        let settings = settings + (priority.map { ["priority=\($0)"] } ?? []) + cache.settings
        let submitted = try NightlyManifest(path: manifest, settings: settings, configuration)
        if stamp { return try submitStamped(submitted, configuration) }
        let worker = try worker.worker()
        if !again, let job = try worker.repeated(submitted.text, inputs: submitted.document.manifest.inputs) {
            return try tell(repeated: job, worker)
        }
        try drop(submitted.text, as: URL(fileURLWithPath: manifest).lastPathComponent, configuration)
    }

    private func submitStamped(_ nightly: NightlyManifest, _ configuration: WorkerConfiguration) throws {
        switch again ? .new("--again") : try worker.worker().novelty(of: nightly) {
        case .unchanged(let job):
            Failure.write(
                "\(manifest): data, base and settings are those of job \(job.id), which succeeded; --again trains anyway"
            )
            try tell(SubmissionAnswer(status: .unchanged, job: job.id, runFolder: job.runFolder))
        case .new(let reason):
            let now = Date()
            Failure.write("\(manifest): \(reason)")
            try drop(
                nightly.stamped(at: now, configuration), as: NightlyManifest.fileName(of: manifest, at: now),
                configuration)
        }
    }

    /// A job of the same content is there already. One that was cut off in the foreground goes on with the worker.
    private func tell(repeated job: JobRecord, _ worker: Worker) throws {
        if job.isForeground, job.state == .interrupted {
            _ = try worker.retry(job.id)
            Failure.write("\(manifest): goes on with job \(job.id), which `lorad run` began")
            try tell(SubmissionAnswer(status: .submitted, job: job.id))
        } else {
            Failure.write(
                "\(manifest) has the content of job \(job.id) (\(job.state.rawValue)), and nothing it reads has changed; "
                    + "--again runs it again")
            try tell(SubmissionAnswer(status: .repeated, job: job.id, runFolder: job.runFolder))
        }
        guard follow else { return }
        try finish { try worker.follow(job.id, stop: $0, take: $1) }
    }

    private func drop(_ text: String, as name: String, _ configuration: WorkerConfiguration) throws {
        // With --again other bytes, and so another job, for whoever takes it out of the inbox.
        let text = text + (again ? "\n# again \(UUID().uuidString)\n" : "")
        let (worker, job) = (try worker.worker(), Identifier.job())
        let path = "\(configuration.inbox)/\(try worker.submit(text, name: name, job: job))"
        try tell(SubmissionAnswer(status: .submitted, path: path, job: job))
        guard follow else { return }
        let submitted = Worker.Submitted(job: job, path: path, text: text)
        try finish { try worker.follow(submitted, stop: $0, take: $1) }
    }

    private func tell(_ answer: SubmissionAnswer) throws {
        if json { return try Output.jsonNow(answer) }
        Output.lineNow(answer.word)
    }

    /// Follows a job to its end, and ends as it did.
    private func finish(
        _ follow: (StopRequest, (JobStatus?) throws -> Void) throws -> JobRecord?
    ) throws {
        let follower = JobFollower()
        let stop = try StopRequest(signals: try StopSignals())
        guard let job = try follow(stop, follower.take) else {
            Failure.write("the job goes on; `lorad status` and `lorad logs` show it")
            throw ExitCode(.interrupted)
        }
        if json { try Output.json(JobAnswer(job)) }
        try JobFollower.end(job)
    }
}

import Foundation
import JobReports
import Manifests
import ModelFiles
import Pipeline
import Synchronization
import TestSupport
import Transformers

/// A folder with a base, files of rows and a manifest, and the stages of a job over them.
struct JobBench {
    let folder: String
    let base: String

    /// - Parameter base: a copy of it may hold something else than its files say.
    init(folder: String, base: String = Fixtures.path("llama-tiny/base"), writes: Bool = true) throws {
        self.folder = folder
        self.base = base
        if writes { try rows("train.jsonl", Self.reviews(0..<8)) }
    }

    /// Rows with prompt and completion, of about 10 tokens.
    static func reviews(_ range: Range<Int>) -> [String] {
        range.map { row in
            #"{"prompt": "Review: the film was \#(row)", "completion": " \#(row % 2 == 0 ? "good" : "bad")"}"#
        }
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func rows(_ name: String, _ rows: [String]) throws {
        try Data(rows.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    /// A manifest over `train.jsonl`, its other keys in `lines`; `$F/` stands for the folder.
    func document(_ lines: String, sha256: String? = nil) throws -> ManifestDocument {
        let hash = try sha256 ?? ContentHash.ofBase(base).sha256
        let dataset = lines.contains("dataset:") ? "" : "dataset: {train: $F/train.jsonl}\n"
        let training = lines.contains("training:") ? "" : "training: {max_steps: 2, batch_size: 2, dtype: float32}\n"
        let text = "name: job\nbase: {path: \(base), sha256: \(hash)}\n\(dataset)\(training)\(lines)\n"
        return try ManifestDocument.load(
            bytes: Array(text.replacingOccurrences(of: "$F/", with: folder + "/").utf8), file: "job.yaml",
            pipelinesFolder: folder)
    }

    func environment(_ reporter: JobReporter = .silent, policy: PathPolicy? = nil) -> JobEnvironment {
        JobEnvironment(
            outbox: path("outbox"), workFolder: path("work"), hashCache: HashCache(file: path("hashes.json")),
            policy: policy, reporter: reporter)
    }

    /// What the stages before training say of a job, the folder's name left out.
    func mistakes(_ lines: String, sha256: String? = nil) throws -> [String] {
        do {
            _ = try JobPipeline(document(lines, sha256: sha256), environment: environment()).check()
            return []
        } catch let error as PipelineError {
            return error.mistakes.lines.map { $0.replacingOccurrences(of: folder + "/", with: "") }
        }
    }

    func check(_ lines: String, _ reporter: JobReporter = .silent) throws -> JobCheck {
        try JobPipeline(document(lines), environment: environment(reporter)).check()
    }

    func run(
        _ lines: String, _ reporter: JobReporter = .silent, previous: String? = nil
    ) throws -> JobResult {
        for name in ["outbox", "work"] {
            try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
        }
        var environment = environment(reporter)
        environment.previousRun = previous
        return try JobPipeline(document(lines), environment: environment).run()
    }
}

/// Remembers what a job told.
final class Heard: Sendable {
    private let told = Mutex<[JobReport]>([])

    var reporter: JobReporter { JobReporter { report in self.told.withLock { $0.append(report) } } }
    /// A copy: the array itself may not leave its lock.
    var reports: [JobReport] { told.withLock { told in told.map { $0 } } }

    var started: [Stage] {
        reports.compactMap { if case .stageStarted(let stage, _) = $0 { stage } else { nil } }
    }

    var lines: [String] { reports.compactMap { if case .log(let line) = $0 { line } else { nil } } }
    var progress: [StageProgress] {
        reports.compactMap { if case .progress(let progress) = $0 { progress } else { nil } }
    }
}

import Foundation
import Manifests
import ModelFiles
import Pipeline
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

    func environment(_ events: any PipelineEvents = Silence(), policy: PathPolicy? = nil) -> JobEnvironment {
        JobEnvironment(
            outbox: path("outbox"), workFolder: path("work"), hashCache: HashCache(file: path("hashes.json")),
            policy: policy,
            events: events)
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

    func check(_ lines: String, _ events: any PipelineEvents = Silence()) throws -> JobCheck {
        try JobPipeline(document(lines), environment: environment(events)).check()
    }

    func run(
        _ lines: String, _ events: any PipelineEvents = Silence(), previous: String? = nil
    ) throws -> JobResult {
        for name in ["outbox", "work"] {
            try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
        }
        var environment = environment(events)
        environment.previousRun = previous
        return try JobPipeline(document(lines), environment: environment).run()
    }
}

/// Hears nothing.
struct Silence: PipelineEvents {
    func stageStarted(_ stage: Stage, detail: String?) {}
    func stageEnded(_ stage: Stage, detail: String?) {}
    func progress(_ progress: StageProgress) {}
    func log(_ line: String) {}
}

/// Remembers stages and the log.
final class Heard: PipelineEvents {
    private(set) var started: [Stage] = []
    private(set) var lines: [String] = []

    func stageStarted(_ stage: Stage, detail: String?) { started.append(stage) }
    func stageEnded(_ stage: Stage, detail: String?) {}
    func progress(_ progress: StageProgress) {}
    func log(_ line: String) { lines.append(line) }
}

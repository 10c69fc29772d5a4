import Foundation
import JobReports
import Manifests
import ModelFiles
import Pipeline
import Synchronization
import TestSupport
import Testing
import Transformers

@Suite("What a run records is what it was made of")
struct JobIdentityTests {
    /// A bench whose base is a copy, to be changed.
    private func bench(_ folder: String) throws -> JobBench {
        try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: folder + "/base")
        return try JobBench(folder: folder, base: folder + "/base")
    }

    private func runs(_ bench: JobBench) -> [String] {
        let all = FileManager.default.enumerator(atPath: bench.path("outbox"))?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix("report.json") }
    }

    @Test("A base changed in place, with size and modification time kept, is refused though its hash was remembered")
    func changedBetweenJobs() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let sha256 = try ContentHash.ofBase(bench.base).sha256
            // Until the cache takes the files as settled.
            usleep(2_200_000)
            _ = try bench.check("")
            guard case .entries(let count) = HashCache(file: bench.path("hashes.json")).state else {
                Issue.record("nothing was remembered")
                return
            }
            #expect(count > 0)
            try changeInPlace(bench.base + "/model.safetensors")
            usleep(2_200_000)
            let found = try bench.mistakes("", sha256: sha256)
            #expect(found.contains { $0.contains("base.sha256 is \(sha256), but") }, "\(found)")
        }
    }

    @Test(
        "A base changed in place while a job runs ends it by name, and nothing is published",
        arguments: [Stage.train, .slices, .parity])
    func changedMeanwhile(stage: Stage) throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let events = Acting(started: { if $0 == stage { try changeInPlace(bench.base + "/model.safetensors") } })
            let error = #expect(throws: PipelineError.self) { try bench.run("", events.reporter) }
            try #require(events.failure == nil)
            #expect(error?.code == .failed)
            #expect(error?.message.contains("base was changed while the job ran") == true, "\(error?.message ?? "")")
            #expect(error?.cause?.contains("model.safetensors") == true)
            #expect(runs(bench).isEmpty)
        }
    }

    @Test("The tokenizer replaced while a job runs ends it too")
    func replacedTokenizer() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let path = bench.base + "/tokenizer.json"
            let events = Acting(started: { stage in
                if stage == .slices {
                    try Data(contentsOf: URL(fileURLWithPath: path)).dropLast().write(
                        to: URL(fileURLWithPath: path), options: .atomic)
                }
            })
            let error = #expect(throws: PipelineError.self) { try bench.run("", events.reporter) }
            #expect(error?.cause?.contains("tokenizer.json") == true, "\(error?.cause ?? "")")
            #expect(runs(bench).isEmpty)
        }
    }

    @Test("What changes no byte of a base ends no job: a mode, another link, the same file written again")
    func attributes() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let path = bench.base + "/model.safetensors"
            let events = Acting(started: { stage in
                guard stage == .slices else { return }
                try #require(chmod(path, 0o640) == 0)
                try #require(link(path, folder + "/backup") == 0)
                try FileManager.default.copyItem(atPath: path, toPath: folder + "/again")
                try #require(rename(folder + "/again", path) == 0)
            })
            let result = try bench.run("", events.reporter)
            try #require(events.failure == nil)
            #expect(result.status == .succeeded, "\(result.report.explanation)")
            #expect(runs(bench).count == 1)
        }
    }

    @Test("Files of rows replaced while a job reads them: it records the hashes of the rows that it read")
    func replacedRows() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            // Too long to be a prompt, which is logged once all files are read.
            let long = #"{"prompt": "\#(String(repeating: "film ", count: 300))", "completion": " good"}"#
            try bench.rows("train.jsonl", [long] + JobBench.reviews(0..<6))
            try bench.rows("val.jsonl", JobBench.reviews(20..<22))
            try bench.rows("test.jsonl", JobBench.reviews(30..<33))
            let names = ["train", "val", "test"].map { bench.path($0 + ".jsonl") }
            let before = try names.map { try ContentHash.ofFile($0) }
            let events = Acting(logged: { line in
                guard line.hasPrefix("regression prompts: ") else { return false }
                for name in ["train", "val", "test"] { try bench.rows(name + ".jsonl", JobBench.reviews(50..<53)) }
                return true
            })
            let result = try bench.run(
                """
                dataset: {train: $F/train.jsonl, validation: $F/val.jsonl}
                evaluation: {data: $F/test.jsonl}
                training: {max_steps: 2, batch_size: 2, max_length: 256, dtype: float32}
                """, events.reporter)
            try #require(events.failure == nil && events.acted == 1)
            let recorded = result.report.provenance.datasets
            #expect(recorded.map(\.sha256) == before)
            #expect(recorded.map(\.rows) == [7, 2, 3])
            #expect(try names.map { try ContentHash.ofFile($0) } != before)
        }
    }

    @Test("A data file's link that is swapped after the manifest was judged leads to a refusal, not to others' rows")
    func swappedLink() throws {
        try withTemporaryFolder { outside in
            try withTemporaryFolder { folder in
                let bench = try bench(folder)
                let policy = PathPolicy(workingFolder: folder, roots: ["."], protected: [".lorad"])
                let document = try bench.document("")
                #expect(policy.check(document).isEmpty)
                try FileManager.default.moveItem(atPath: bench.path("train.jsonl"), toPath: outside + "/theirs.jsonl")
                try FileManager.default.createSymbolicLink(
                    atPath: bench.path("train.jsonl"), withDestinationPath: outside + "/theirs.jsonl")
                let error = #expect(throws: PipelineError.self) {
                    try JobPipeline(document, environment: bench.environment(policy: policy)).check()
                }
                #expect(error?.code == .rejected)
                #expect(error?.message.contains("train.jsonl is a file that jobs may not read") == true)
                // The same rows from another allowed root.
                let wide = PathPolicy(workingFolder: folder, roots: [".", outside])
                _ = try JobPipeline(document, environment: bench.environment(policy: wide)).check()
                // And out of the worker's own folder, which lies inside the root.
                try FileManager.default.createDirectory(
                    atPath: bench.path(".lorad"), withIntermediateDirectories: true)
                try FileManager.default.removeItem(atPath: bench.path("train.jsonl"))
                try FileManager.default.moveItem(
                    atPath: outside + "/theirs.jsonl", toPath: bench.path(".lorad/rows.jsonl"))
                try FileManager.default.createSymbolicLink(
                    atPath: bench.path("train.jsonl"), withDestinationPath: ".lorad/rows.jsonl")
                let own = #expect(throws: PipelineError.self) {
                    try JobPipeline(document, environment: bench.environment(policy: policy)).check()
                }
                #expect(own?.cause?.contains("worker's own files") == true, "\(own?.cause ?? "")")
            }
        }
    }

    @Test("A file that its owner shows to nobody is not published with a merge, and that is told before training")
    func privateCompanion() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            try Data("secret".utf8).write(to: URL(fileURLWithPath: bench.path("secret")))
            try #require(chmod(bench.path("secret"), 0o600) == 0)
            try FileManager.default.createSymbolicLink(
                atPath: bench.base + "/LICENSE", withDestinationPath: "../secret")
            let found = try bench.mistakes("merge: {export: safetensors}")
            let fault = "base/LICENSE is a link to a file that not everybody may read"
            #expect(found.contains { $0.contains(fault) }, "\(found)")
            #expect(try bench.mistakes("merge: {export: none}").isEmpty)
            try #require(chmod(bench.path("secret"), 0o644) == 0)
            #expect(try bench.mistakes("merge: {export: safetensors}").isEmpty)
        }
    }
}

/// Does something when a stage starts or a line is logged.
private final class Acting: Sendable {
    private let started: @Sendable (Stage) throws -> Void
    private let logged: @Sendable (String) throws -> Bool
    private let state = Mutex<(failure: String?, acted: Int)>((nil, 0))

    init(
        started: @escaping @Sendable (Stage) throws -> Void = { _ in },
        logged: @escaping @Sendable (String) throws -> Bool = { _ in false }
    ) {
        self.started = started
        self.logged = logged
    }

    var failure: String? { state.withLock { $0.failure } }
    /// How many lines were acted on.
    var acted: Int { state.withLock { $0.acted } }
    var reporter: JobReporter { JobReporter(take) }

    private func take(_ report: JobReport) {
        do {
            switch report {
            case .stageStarted(let stage, _): try started(stage)
            case .log(let line): if try logged(line) { state.withLock { $0.acted += 1 } }
            default: break
            }
        } catch {
            state.withLock { $0.failure = "\(error)" }
        }
    }
}

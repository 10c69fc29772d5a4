import Foundation
import JobReports
import Manifests
import Pipeline
import Reports
import TestSupport
import Testing

/// Jobs that find the rows that an earlier one tokenized.
@Suite("Jobs over rows of earlier jobs")
struct RowCacheJobTests {
    private static let manifest = """
        dataset:
          train:
            - {path: $F/new.jsonl, repeat: 2}
            - {path: $F/old.csv, columns: {prompt: question, completion: answer}, limit: 9}
          validation: $F/held.jsonl
        evaluation: {data: $F/judged.jsonl}
        training: {epochs: 1, batch_size: 4, dtype: float32, checkpoint_every: 2, max_length: 12}
        """

    private func bench(_ folder: String, base: String = "llama-tiny/base") throws -> JobBench {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bench = try JobBench(folder: folder, base: Fixtures.path(base))
        // A row that is cut, one that is cut before what is trained, and two alike.
        let long = #"{"prompt": "\#(String(repeating: "film ", count: 30))", "completion": " good"}"#
        let cut = #"{"prompt": "a", "completion": "\#(String(repeating: " good", count: 30))"}"#
        try bench.rows("new.jsonl", JobBench.reviews(0..<6) + [long, cut] + JobBench.reviews(0..<1))
        let table = "question,answer\n" + (10..<40).map { "Review: the film was \($0), good\n" }.joined()
        try Data(table.utf8).write(to: URL(fileURLWithPath: bench.path("old.csv")))
        try bench.rows("held.jsonl", JobBench.reviews(4..<6) + JobBench.reviews(40..<42))
        try bench.rows("judged.jsonl", JobBench.reviews(3..<4) + JobBench.reviews(50..<52))
        return bench
    }

    /// A run by a worker that keeps tokenized rows.
    private func run(
        _ bench: JobBench, _ lines: String = manifest, stoppingAfter steps: Int? = nil
    ) throws -> (result: JobResult?, log: [String]) {
        for name in ["outbox", "work"] {
            try FileManager.default.createDirectory(atPath: bench.path(name), withIntermediateDirectories: true)
        }
        let heard = Heard()
        var environment = bench.environment(heard.reporter)
        let made = bench.path("work/rows")
        environment.rowCache = RowCache(made: made, kept: bench.path("rows/job"))
        if let steps {
            environment.shouldStop = {
                heard.progress.contains { $0.stage == .train && $0.done >= steps }
            }
        }
        var result: JobResult?
        do {
            result = try JobPipeline(bench.document(lines), environment: environment).run()
        } catch let error as PipelineError where error.code == .interrupted {}
        RowCacheFolder(bench.path("rows"), limit: 1 << 30).adopt(from: made, of: "job")
        return (result, heard.lines)
    }

    private func adapter(_ result: JobResult?) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: #require(result).runFolder + "/adapter_model.safetensors"))
    }

    /// The part of a report that is told of rows.
    private func told(_ result: JobResult?) throws -> [String] {
        let report = try #require(result).report
        let training = try #require(report.training)
        return [
            "\(training.rows)", "\(training.contamination)", "\(training.loss)",
            "\(String(describing: training.sample))", "\(String(describing: training.sources))",
            "\(report.provenance.datasets)",
            "\(String(describing: report.parity?.prompts.map(\.prompt)))",
        ]
    }

    @Test("A job over the same files tokenizes nothing, and its adapter is the same, byte by byte")
    func again() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let first = try run(bench)
            #expect(first.log.count { $0.hasSuffix("rows were tokenized") } == 2, "\(first.log)")
            let second = try run(bench)
            #expect(second.log.count { $0.contains("rows as tokens of an earlier job") } == 2, "\(second.log)")
            #expect(second.log.count { $0.contains("texts as tokens of an earlier job") } == 2, "\(second.log)")
            #expect(!second.log.contains { $0.hasSuffix("rows were tokenized") })
            #expect(try adapter(first.result) == adapter(second.result))
            #expect(try told(first.result) == told(second.result))
        }
    }

    @Test("A file that changed is tokenized again, the others are not; so is everything where a setting changed")
    func changed() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            _ = try run(bench)
            try bench.rows("new.jsonl", JobBench.reviews(0..<7))
            let log = try run(bench).log
            #expect(log.contains { $0.hasSuffix("new.jsonl: 7 rows were tokenized") }, "\(log)")
            #expect(log.contains { $0.contains("old.csv: 30 rows as tokens of an earlier job") })
            #expect(log.count { $0.contains("texts as tokens of an earlier job") } == 2)
            let other = Self.manifest.replacingOccurrences(of: "max_length: 12", with: "max_length: 13")
            #expect(try run(bench, other).log.count { $0.hasSuffix("rows were tokenized") } == 2)
            // What is drawn, and what is held out, are not among what decides tokens.
            let limited = Self.manifest.replacingOccurrences(of: "limit: 9", with: "limit: 8")
            #expect(try run(bench, limited).log.count { $0.contains("rows as tokens of an earlier job") } == 2)
        }
    }

    @Test("Rows that are classified are tokenized once too, whatever their labels mean to a later job")
    func classified() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder, base: "classifiers/bert-headless/base")
            let label = { (row: Int) in ["\"good\"", "\"bad\"", "\"fair\""][row % 3] }
            func write(_ name: String, _ rows: Range<Int>) throws {
                try bench.rows(
                    name,
                    rows.map { row in
                        let pair = row % 4 == 0 ? #", "text_pair": "a pair \#(row)""# : ""
                        return #"{"text": "the film was \#(row)"\#(pair), "label": \#(label(row))}"#
                    })
            }
            try write("a.jsonl", 0..<20)
            try write("b.jsonl", 18..<40)
            try write("held.jsonl", 3..<6)
            try write("judged.jsonl", 38..<44)
            let lines = """
                dataset:
                  train: [{path: $F/a.jsonl, repeat: 2}, {path: $F/b.jsonl, limit: 9}]
                  validation: $F/held.jsonl
                  labels: [bad, good, fair]
                evaluation: {data: $F/judged.jsonl}
                training: {epochs: 1, batch_size: 4, dtype: float32, max_length: 12}
                """
            let first = try run(bench, lines)
            #expect(first.log.count { $0.hasSuffix("rows were tokenized") } == 2, "\(first.log)")
            let second = try run(bench, lines)
            #expect(second.log.count { $0.contains("rows as tokens of an earlier job") } == 2, "\(second.log)")
            #expect(second.log.count { $0.contains("texts as tokens of an earlier job") } == 2, "\(second.log)")
            #expect(try adapter(first.result) == adapter(second.result))
            #expect(try told(first.result) == told(second.result))
            // The order of the classes is not among what decides tokens, and the adapter is another.
            let other = lines.replacingOccurrences(of: "bad, good, fair", with: "good, fair, bad")
            let third = try run(bench, other)
            #expect(third.log.count { $0.contains("rows as tokens of an earlier job") } == 2)
            #expect(try adapter(third.result) != adapter(first.result))
            #expect(first.result?.report.training?.contamination.dropped == 5)
        }
    }

    @Test("A labelled row without a token, and a label that is none, are told by file and line, cached or not")
    func classifiedMistakes() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder, base: "classifiers/bert-headless/base")
            try bench.rows("a.jsonl", [#"{"text": "x", "label": "a"}"#, #"{"text": "y", "label": "b"}"#])
            try bench.rows("b.jsonl", [#"{"text": "x", "label": "a"}"#, #"{"text": "z", "label": "bb"}"#])
            let lines = "dataset: {train: [{path: $F/a.jsonl}, {path: $F/b.jsonl}], labels: [a, b]}"
            for _ in 0..<2 {
                let mistakes = try bench.mistakes(lines)
                let told = #"b.jsonl:2: the label "bb" is none of 'a', 'b'"#
                #expect(mistakes.contains { $0.contains(told) }, "\(mistakes)")
            }
        }
    }

    @Test("Rows that were damaged where they lie are tokenized again, and the log says so")
    func damaged() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let first = try run(bench)
            let kept = bench.path("rows/job")
            for name in try FileManager.default.contentsOfDirectory(atPath: kept) {
                let url = URL(fileURLWithPath: kept + "/" + name)
                try Data(contentsOf: url).dropLast().write(to: url)
            }
            let second = try run(bench)
            #expect(second.log.count { $0.hasPrefix("tokenized again: ") && $0.contains("is damaged") } == 4)
            #expect(second.log.count { $0.hasSuffix("rows were tokenized") } == 2)
            #expect(try adapter(first.result) == adapter(second.result))
            #expect(try run(bench).log.count { $0.contains("rows as tokens of an earlier job") } == 2)
        }
    }

    @Test("A mixture that was stopped goes on over the rows of the first attempt, and gives the same adapter")
    func resumed() throws {
        try withTemporaryFolder { folder in
            let undisturbed = try run(bench(folder + "/a"))
            let bench = try bench(folder + "/b")
            #expect(try run(bench, stoppingAfter: 3).result == nil)
            #expect(FileManager.default.fileExists(atPath: bench.path("work/checkpoint.safetensors")))
            let second = try run(bench)
            #expect(second.log.contains { $0.contains("training goes on from its checkpoint") }, "\(second.log)")
            #expect(second.log.count { $0.contains("rows as tokens of an earlier job") } == 2)
            #expect(try adapter(second.result) == adapter(undisturbed.result))
        }
    }

    @Test("Texts of rows that are far in a file, for prompts and what is shown of held-out rows, are found in it again")
    func far() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            try bench.rows("new.jsonl", JobBench.reviews(0..<3_000))
            try bench.rows("held.jsonl", JobBench.reviews(2_000..<2_002))
            let lines = """
                dataset:
                  train: [{path: $F/new.jsonl, limit: 2}]
                  validation: $F/held.jsonl
                training: {max_steps: 1, batch_size: 2, dtype: float32, seed: 3}
                """
            let result = try run(bench, lines).result
            let shown = try #require(result?.report.training?.contamination.examples)
            #expect(shown == ["Review: the film was 2000", "Review: the film was 2001"])
            let prompts = try #require(result?.report.parity?.prompts.map(\.prompt))
            #expect(prompts.count == 2 && prompts.allSatisfy { $0?.hasPrefix("Review: the film was ") == true })
            #expect(try told(run(bench, lines).result) == told(result))
        }
    }
}

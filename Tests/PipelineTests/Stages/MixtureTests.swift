import Foundation
import JobReports
import ModelFiles
import Pipeline
import Reports
import TestSupport
import Testing

/// Jobs on several files of rows.
@Suite("Jobs on several files")
struct MixtureTests {
    private func bench(_ folder: String) throws -> JobBench {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bench = try JobBench(folder: folder)
        try bench.rows("new.jsonl", JobBench.reviews(0..<6))
        let table = "question,answer\n" + (10..<30).map { "Review: the film was \($0), good\n" }.joined()
        try Data(table.utf8).write(to: URL(fileURLWithPath: bench.path("old.csv")))
        try bench.rows("held.jsonl", JobBench.reviews(4..<6) + JobBench.reviews(40..<42))
        return bench
    }

    private func manifest(_ new: String, _ old: String, training: String = "max_steps: 6") -> String {
        """
        dataset:
          train:
            - {path: $F/new.jsonl\(new)}
            - {path: $F/old.csv, columns: {prompt: question, completion: answer}\(old)}
          validation: $F/held.jsonl
        training: {\(training), batch_size: 4, dtype: float32, checkpoint_every: 2, validate_every: 2}
        """
    }

    @Test("Each file's rows are counted in report and provenance, held-out rows left out of each")
    func counts() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let result = try bench.run(manifest(", repeat: 3", "", training: "epochs: 1"))
            let sources = try #require(result.report.training?.sources)
            // 4 rows thrice and 20 once are 32: 8 steps of 4.
            #expect(result.report.training?.steps == 8)
            #expect(sources.map(\.rows) == [6, 20] && sources.map(\.trained) == [4, 20])
            #expect(sources.map(\.seen) == [12, 20])
            let datasets = result.report.provenance.datasets
            #expect(datasets.map(\.role) == [.train, .train, .validation] && datasets.map(\.rows) == [6, 20, 4])
            #expect(try datasets.map(\.sha256) == datasets.map { try ContentHash.ofFile($0.path) })
            let page = try String(contentsOfFile: result.runFolder + "/report.html", encoding: .utf8)
            #expect(page.contains("Seen in all steps") && page.contains("old.csv"))
            // As every other table: figures on the right, and what does not fit scrolls.
            #expect(page.contains("Files that were trained on") && !page.contains("class=\"number\""))
        }
    }

    @Test("A limit takes so many rows, the same ones by the same seed")
    func limit() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            func losses(_ seed: Int) throws -> [Double] {
                let result = try bench.run(manifest("", ", limit: 5", training: "epochs: 1, seed: \(seed)"))
                #expect(result.report.training?.sources?.map(\.trained) == [4, 5])
                #expect(result.report.training?.sources?.map(\.rows) == [6, 20])
                return try #require(result.report.training?.loss)
            }
            let first = try losses(1)
            #expect(try losses(1) == first)
            #expect(try losses(2) != first)
        }
    }

    @Test(
        "A mixture that was stopped and goes on gives the same adapter, byte by byte",
        arguments: [(", weight: 3", ", weight: 1"), (", repeat: 2", ", limit: 7")].map { [$0.0, $0.1] })
    func resumed(_ mixture: [String]) throws {
        try withTemporaryFolder { folder in
            let lines = manifest(mixture[0], mixture[1])
            func adapter(_ result: JobResult) throws -> Data {
                try Data(contentsOf: URL(fileURLWithPath: result.runFolder + "/adapter_model.safetensors"))
            }
            let undisturbed = try bench(folder + "/a").run(lines)
            let bench = try bench(folder + "/b")
            for name in ["outbox", "work"] {
                try FileManager.default.createDirectory(
                    atPath: bench.path(name), withIntermediateDirectories: true)
            }
            let heard = Heard()
            var environment = bench.environment(heard.reporter)
            var asked = 0
            environment.shouldStop = {
                asked += heard.started.contains(.train) ? 1 : 0
                return asked > 3
            }
            #expect(throws: PipelineError.self) {
                try JobPipeline(bench.document(lines), environment: environment).run()
            }
            #expect(FileManager.default.fileExists(atPath: environment.checkpoint))
            let resumed = try bench.run(lines)
            #expect(try adapter(resumed) == adapter(undisturbed))
            let seen = try #require(resumed.report.training?.sources?.map(\.seen))
            #expect(seen == undisturbed.report.training?.sources?.map(\.seen) && seen.reduce(0, +) == 24)
        }
    }

    @Test("Every file's mistakes are told, each under its own file")
    func mistakes() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            try bench.rows("new.jsonl", [#"{"prompt": "p", "completion": ""}"#])
            let found = try bench.mistakes(manifest("", "").replacingOccurrences(of: "answer}", with: "anwser}"))
            let texts = ["new.jsonl:1:", "the completion is empty", "No row of old.csv has the key", "Did you mean"]
            for text in texts { #expect(found.contains { $0.contains(text) }, "\(text): \(found)") }
        }
    }

    @Test("Rows too long for the base are named in the file that has them")
    func places() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let long = String(repeating: "film ", count: 300)
            try Data("question,answer\nq,a\n\(long),good\n".utf8)
                .write(to: URL(fileURLWithPath: bench.path("old.csv")))
            let found = try bench.mistakes(manifest("", "", training: "epochs: 1, max_length: 4096"))
            #expect(found.first == "old.csv:3: the row has 305 tokens; the base has 256 positions.", "\(found)")
        }
    }

    @Test("Labelled rows of several files share their classes")
    func labelled() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("a.jsonl", (0..<4).map { #"{"text": "film \#($0)", "label": "good"}"# })
            try Data("body,label\nbad film,bad\nother film,good\n".utf8)
                .write(to: URL(fileURLWithPath: bench.path("b.csv")))
            let train = "[{path: $F/a.jsonl}, {path: $F/b.csv, columns: {text: body}}]"
            #expect(try bench.check("dataset: {train: \(train), format: classification}").rows == 6)
            let wrong = try bench.mistakes("dataset: {train: \(train), labels: [good, fine]}")
            #expect(wrong.contains { $0.hasPrefix("b.csv:2:") && $0.contains("none of") }, "\(wrong)")
        }
    }

    @Test("The log says which layout a file has, and a job reads its columns in held-out data too")
    func layouts() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("alpaca.jsonl", [#"{"instruction": "Rate the film.", "input": "good", "output": "5"}"#])
            let heard = Heard()
            // Whether such long prompts fit the small base is not the question.
            _ = try? bench.check("dataset: {train: $F/alpaca.jsonl}", heard.reporter)
            #expect(heard.lines.contains { $0.contains("is in Alpaca's layout") }, "\(heard.lines)")
            try bench.rows("t.jsonl", (0..<4).map { #"{"q": "Review: film \#($0)", "a": " good"}"# })
            try bench.rows(
                "e.jsonl", [#"{"q": "Review: film 3", "a": " good"}"#, #"{"q": "Review: book", "a": " bad"}"#])
            let columns = try bench.check(
                "dataset: {train: $F/t.jsonl, columns: {prompt: q, completion: a}}\nevaluation: {data: $F/e.jsonl}")
            #expect(columns.rows == 3 && columns.evaluationRows == 2)
        }
    }
}

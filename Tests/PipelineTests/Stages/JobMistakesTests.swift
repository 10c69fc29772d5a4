import Foundation
import ModelFiles
import Pipeline
import Reports
import TestSupport
import Testing
import Tokenizers
import Transformers

/// `JobPipeline.check` is what `lorad validate --deep` does, and what a job does before training.
@Suite("What is found before any training")
struct JobMistakesTests {
    @Test("Mistakes of the manifest, the base and every file are told at once, with file and line")
    func allAtOnce() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let broken = ["", #"{"prompt": "p"}"#, #"{"prompt": 3, "completion": "x"}"#]
            try bench.rows("broken.jsonl", JobBench.reviews(0..<1) + broken)
            try bench.rows("val.jsonl", [#"{"prompt": "p", "completion": ""}"#])
            try bench.rows(
                "test.jsonl",
                [
                    #"{"prompt": "p", "completion": " good", "domain": "film"}"#,
                    #"{"prompt": "p", "completion": " fine", "domain": "film"}"#,
                    #"{"prompt": "q", "completion": " poor", "domain": "film"}"#,
                ])
            try bench.rows("prompts.jsonl", [#"{"id": "a", "prompt": "p"}"#, #"{"id": "a", "prompt": "p"}"#])
            let found = try bench.mistakes(
                """
                dataset: {train: $F/broken.jsonl, validation: $F/val.jsonl}
                adapter: {targets: [q_porj]}
                evaluation: {data: $F/test.jsonl, slice_by: domain, choices: [" good", " bad"]}
                regression: {prompts: $F/prompts.jsonl}
                gates: [{metric: loss, max: 3}, {slice: films, metric: loss, max: 3}]
                """, sha256: String(repeating: "1", count: 64))
            let expected = [
                "job.yaml:2:", "broken.jsonl:3: ", "broken.jsonl:4: ", "val.jsonl:1: ", "prompts.jsonl:2: ",
                "test.jsonl:2: ", "test.jsonl:3: ", "job.yaml:8:41: a gate is on the slice \"films\"",
                "Did you mean \"film\"? There are: all, film.", "job.yaml:5:20: ", "Available targets: ",
            ]
            for start in expected {
                #expect(found.contains { $0.hasPrefix(start) }, "\(start) in \(found.joined(separator: "\n"))")
            }
            #expect(found.first?.contains("base.sha256 is 1111") == true)
            #expect(!FileManager.default.fileExists(atPath: bench.path("outbox")))
        }
    }

    @Test("A row that is no JSON is told with its column")
    func column() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("broken.jsonl", JobBench.reviews(0..<1) + [#"{"prompt": "p", "completion": "x",}"#])
            let found = try bench.mistakes("dataset: {train: $F/broken.jsonl}")
            #expect(found.contains { $0.hasPrefix("broken.jsonl:2:35: ") }, "\(found.joined(separator: "\n"))")
        }
    }

    @Test("A base that cannot be read does not keep the rows from being read")
    func baseIsMissing() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("train.jsonl", JobBench.reviews(0..<1) + [#"{"prompt": "p"}"#])
            let absent = try JobBench(folder: folder, base: folder + "/nowhere", writes: false)
            let found = try absent.mistakes("", sha256: String(repeating: "1", count: 64))
            #expect(found.contains { $0.hasPrefix("job.yaml:2:14: ") && $0.contains("nowhere") })
            #expect(found.contains { $0.hasPrefix("train.jsonl:2: 'completion' is missing") })
        }
    }

    /// 256 positions: 300 words are too many.
    private static let long = #"{"prompt": "\#(String(repeating: "film ", count: 300))", "completion": " good"}"#

    @Test("Rows longer than the base's positions are refused by line in training, validation and evaluation")
    func positions() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let rows = JobBench.reviews(10..<12) + ["", Self.long]
            for name in ["long", "val", "test"] {
                try bench.rows("\(name).jsonl", rows.map { $0.replacing("film", with: "\(name) film") })
            }
            let found = try bench.mistakes(
                """
                dataset: {train: $F/long.jsonl, validation: $F/val.jsonl}
                training: {max_steps: 2, max_length: 8192}
                evaluation: {data: $F/test.jsonl}
                """)
            for name in ["long", "val", "test"] {
                let own = found.filter { $0.hasPrefix("\(name).jsonl:4: the row ") }
                #expect(own.count == 1 && own[0].hasSuffix("the base has 256 positions."), "\(own)")
            }
            #expect(found.contains { $0.contains("set training.max_length to 256") })
            #expect(found.contains("1 of 3 rows cannot be scored; evaluation.max_dropped allows a share of 0.0."))
        }
    }

    @Test("Cut or dropped by max_length, long rows are counted and train; every format is held against positions")
    func maximumLength() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("train.jsonl", JobBench.reviews(0..<3) + [Self.long])
            #expect(try bench.check("training: {max_steps: 2, max_length: 256, over_length: drop}").rows == 3)
            let text = [#"{"text": "\#(String(repeating: "film ", count: 300))"}"#, #"{"text": "the film"}"#]
            try bench.rows("train.jsonl", text)
            #expect(try bench.check("training: {max_steps: 2, max_length: 256}").rows == 2)
            let found = try bench.mistakes("training: {max_steps: 2, max_length: 8192}")
            #expect(found.first?.hasPrefix("train.jsonl:1: the row has ") == true, "\(found)")
            // The last token of a row is predicted and never fed, so with the end of text 257 of them still fit.
            let tokenizer = try TokenizerLoader.load(BaseModelFiles(path: bench.base))
            for (count, fits) in [(256, true), (257, false)] {
                let text = String(repeating: "~", count: count)
                #expect(tokenizer.encodeBeginning(text).count == count)
                try bench.rows("train.jsonl", [#"{"text": "\#(text)"}"#, #"{"text": "the film"}"#])
                #expect(try bench.mistakes("training: {max_steps: 2}").isEmpty == fits)
            }
        }
    }

    @Test("Evaluation rows that the base has no room for are counted where the manifest allows their share")
    func dropped() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let rows = (10..<13).map {
                #"{"prompt": "the film \#($0)", "completion": " good", "domain": "short"}"#
            }
            try bench.rows("test.jsonl", rows + [Self.long.replacing("}", with: #", "domain": "long"}"#)])
            func lines(_ share: String) -> String {
                "evaluation: {data: $F/test.jsonl, slice_by: domain, max_dropped: \(share)}"
            }
            #expect(try !bench.mistakes(lines("0.2")).isEmpty)
            let check = try bench.check(lines("0.25"))
            #expect(check.evaluationRows == 3 && check.evaluationDropped == 1)
            let heard = Heard()
            let report = try bench.run(lines("0.25"), heard.reporter).report
            #expect(report.evaluation == EvaluationCounts(rows: 3, dropped: 1, unscored: ["long": 1]))
            #expect(report.slices.map(\.name) == ["all", "short"])
            #expect(report.slices.map(\.dropped) == [1, nil])
            #expect(heard.lines.contains { $0.hasPrefix("3 evaluation rows, 1 left out") })
            #expect(ReportPage.render(report).contains("positions and were not scored (all 1 of long)."))
            #expect(ModelCard.render(report).contains("were not scored"))
        }
    }

    @Test("Tokens without a row in the embedding are refused by line in rows of every file, in choices and in prompts")
    func unknownTokens() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder, base: try Self.baseWithToken(in: folder))
            let rows = JobBench.reviews(10..<12) + [#"{"prompt": "a <new> b", "completion": " good"}"#]
            for name in ["own", "val", "test"] {
                try bench.rows("\(name).jsonl", rows.map { $0.replacing("a <new>", with: "\(name) <new>") })
            }
            try bench.rows("prompts.jsonl", ["", #"{"id": "x", "prompt": "<new>"}"#])
            let found = try bench.mistakes(
                """
                dataset: {train: $F/own.jsonl, validation: $F/val.jsonl}
                evaluation: {data: $F/test.jsonl}
                regression: {prompts: $F/prompts.jsonl}
                """)
            let fault = "the token \"<new>\" has the id 320, which lies outside the base's embedding of 320 rows."
            for name in ["own", "val", "test"] { #expect(found.contains("\(name).jsonl:3: \(fault)"), "\(found)") }
            #expect(found.contains("prompts.jsonl:2: the prompt \"x\" cannot be asked: \(fault)"), "\(found)")
            #expect(found.contains("The tokenizer and the weights do not belong together."))
        }
    }

    /// The tiny base with a token that its weights do not have.
    private static func baseWithToken(in folder: String) throws -> String {
        let base = folder + "/base"
        try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: base)
        let file = URL(fileURLWithPath: base + "/tokenizer.json")
        var tokenizer = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        var added = try #require(tokenizer["added_tokens"] as? [[String: Any]])
        added.append([
            "id": 320, "content": "<new>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true,
        ])
        tokenizer["added_tokens"] = added
        try JSONSerialization.data(withJSONObject: tokenizer).write(to: file)
        return base
    }

    @Test("Default prompts are the first training rows that can be asked; that none can is refused")
    func defaultPrompts() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let heard = Heard()
            try bench.rows("train.jsonl", [Self.long] + JobBench.reviews(0..<6))
            let check = try bench.check("training: {max_steps: 2, max_length: 256}", heard.reporter)
            #expect(check.prompts == 4)
            let said = heard.lines.first { $0.hasPrefix("regression prompts: ") }
            #expect(said?.contains("passed over 1, the first because training-row-1 has ") == true, "\(heard.lines)")
            // An empty system prompt and an empty text are nothing to ask.
            try bench.rows(
                "train.jsonl", [#"{"text": ""}"#, #"{"text": "the film was good"}"#, #"{"text": "the cast"}"#])
            #expect(try bench.check("").prompts == 2)
            try bench.rows("train.jsonl", [Self.long])
            let found = try bench.mistakes("training: {max_steps: 2, max_length: 256}")
            #expect(found.isEmpty == false)
            try bench.rows("train.jsonl", JobBench.reviews(0..<3))
            let tooMany = try bench.mistakes("regression: {max_new_tokens: 250}")
            #expect(tooMany.count == 2)
            #expect(tooMany.first?.hasPrefix("job.yaml:5:13: no training row can be a regression prompt") == true)
            #expect(tooMany.last?.contains("regression.max_new_tokens") == true)
        }
    }

    @Test("A prompt of the manifest that leaves no room for its answer is refused by line")
    func longPrompt() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let long = String(repeating: "film ", count: 300)
            let short = #"{"id": "a", "prompt": "p"}"#
            try bench.rows("prompts.jsonl", [short, "", #"{"id": "b", "prompt": "\#(long)"}"#])
            let found = try bench.mistakes("regression: {prompts: $F/prompts.jsonl}")
            #expect(found.first?.hasPrefix("prompts.jsonl:3: the prompt \"b\" has ") == true, "\(found)")
            #expect(found.count == 2)
        }
    }

    @Test("More rows or steps than the rule for the manifest's owner allows are refused before training, both at once")
    func allowance() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            func mistakes(rows: Int, steps: Int) throws -> [String] {
                var environment = bench.environment()
                environment.limits = JobLimits(rows: rows, steps: steps)
                do {
                    _ = try JobPipeline(bench.document("training: {max_steps: 7}"), environment: environment).check()
                    return []
                } catch let error as PipelineError { return error.mistakes.map(\.description) }
            }
            let check = try JobPipeline(
                bench.document("training: {max_steps: 7}"), environment: bench.environment()
            ).check()
            #expect(try mistakes(rows: check.rows, steps: 7) == [])
            let found = try mistakes(rows: check.rows - 1, steps: 6)
            #expect(found.count == 2, "\(found)")
            #expect(
                found.contains {
                    $0.contains("on \(check.rows) rows; the rule for its owner in lorad.yaml allows \(check.rows - 1).")
                })
            #expect(found.contains { $0.hasPrefix("job.yaml:") && $0.contains("for 7 steps; the rule for its owner") })
        }
    }

    @Test("A rank that no targeted projection can have, and too little memory, are refused")
    func rankAndMemory() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            #expect(
                try bench.mistakes("adapter: {rank: 33}").first
                    == "job.yaml:5:17: adapter.rank is 33; no update of the projections that it targets has a rank above 32."
            )
            #expect(try bench.mistakes("adapter: {rank: 32}") == [])
            var environment = bench.environment()
            environment.limits = JobLimits(memoryBytes: 1 << 20)
            let error = #expect(throws: PipelineError.self) {
                _ = try JobPipeline(bench.document(""), environment: environment).check()
            }
            #expect(error?.code == .rejected && error?.message.contains("MiB of memory at its peak") == true)
        }
    }
}

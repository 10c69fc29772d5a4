import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing

@Suite("What a job would train on")
struct DataSummaryTests {
    private func summary(_ bench: JobBench, _ lines: String) throws -> DataSummary {
        try JobPipeline(bench.document(lines), environment: bench.environment()).data()
    }

    private func row(_ index: Int, _ answer: String = "good", domain: String = "film") -> String {
        #"{"prompt": "Review: the film was \#(index)", "completion": " \#(answer)", "domain": "\#(domain)"}"#
    }

    @Test("Rows by file and slice, duplicates, held-out rows, labels and steps are those of the files")
    func counts() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("a.jsonl", [row(1), row(1), row(2), row(2, "bad"), row(3, domain: "book"), row(9)])
            try bench.rows("b.jsonl", (10..<20).map { row($0) })
            try bench.rows("e.jsonl", [row(9), row(30, domain: "book"), row(31, domain: "book")])
            let data = try summary(
                bench,
                """
                dataset: {train: [{path: $F/a.jsonl, repeat: 2}, {path: $F/b.jsonl, limit: 4}]}
                evaluation: {data: $F/e.jsonl, slice_by: domain}
                training: {epochs: 2, batch_size: 3, dtype: float32}
                """)
            #expect(data.sources.map(\.rows) == [6, 10] && data.sources.map(\.trained) == [5, 4])
            #expect(data.sources.map(\.epochRows) == [10, 4])
            #expect(data.sources.map(\.slices) == [["film": 5, "book": 1], ["film": 10]])
            #expect(data.evaluation == ["all": 3, "film": 1, "book": 2])
            #expect(data.contamination.evaluation == 1 && data.contamination.dropped == 1)
            #expect(data.content.duplicates == 1 && data.content.otherAnswers == 1)
            #expect(data.labels == [" good": 8, " bad": 1])
            // 14 rows an epoch, twice, three at a time.
            #expect(data.steps == 10 && data.batchSize == 3)
            #expect(data.lengths.reduce(0) { $0 + $1.rows } == 9)
            #expect(data.samples.count == 3)
            #expect(data.samples.allSatisfy { $0.spans.contains { $0.trained } && $0.spans.contains { !$0.trained } })
            #expect(data.truncation.rowsCut == 0 && data.truncation.tokensCut == 0)
        }
    }

    @Test("What truncation costs is counted in rows, tokens and tokens that would be trained")
    func truncation() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let words = String(repeating: " good", count: 40)
            try bench.rows("train.jsonl", [row(1), row(2, "good" + words), row(3)])
            let whole = try summary(bench, "training: {max_steps: 2, batch_size: 2, max_length: 256}")
            try #require(whole.truncation.rowsCut == 0)
            let longest = try #require(whole.lengths.last)
            try #require(longest.rows == 1 && longest.from > 24)
            let cut = try summary(bench, "training: {max_steps: 2, batch_size: 2, max_length: 24}")
            #expect(cut.lengths == whole.lengths)
            #expect(cut.truncation.rowsCut == 1 && cut.truncation.rowsDropped == 0)
            #expect(cut.tokens + cut.truncation.tokensCut == whole.tokens)
            #expect(cut.supervisedTokens + cut.truncation.supervisedTokensCut == whole.supervisedTokens)
            #expect(cut.truncation.supervisedTokensCut > 0)
        }
    }

    @Test("Labels are balanced or not by their counts, and shares of what is drawn by their weights")
    func labels() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("a.jsonl", (0..<3).map { #"{"text": "film \#($0)", "label": "good"}"# })
            try bench.rows("b.jsonl", [#"{"text": "bad film", "label": "bad"}"#])
            let data = try summary(
                bench,
                "dataset: {train: [{path: $F/a.jsonl, weight: 3}, {path: $F/b.jsonl, weight: 1}]}\n"
                    + "training: {max_steps: 7, batch_size: 2, dtype: float32}")
            #expect(data.labels == ["good": 3, "bad": 1] && data.steps == 7)
            #expect(data.sources.map(\.share) == [0.75, 0.25] && data.sources.map(\.epochRows) == [nil, nil])
            #expect(data.samples[0].spans.last?.text == "good")
        }
    }

    @Test("The time is the whole job's, of its own steps; weighted rows count as often as they are drawn")
    func time() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("a.jsonl", (0..<3).map { row($0) })
            try bench.rows("b.jsonl", [row(9, "good good good good good good good good")])
            try bench.rows("e.jsonl", (20..<30).map { row($0) })
            let lines = "training: {max_steps: 40, batch_size: 2, dtype: float32}\n"
            let scored = lines + "dataset: {train: $F/a.jsonl, validation: $F/e.jsonl}"
            let data = try JobPipeline(bench.document(scored), environment: bench.environment()).data(isTimed: true)
            let time = try #require(data.time)
            #expect(time.trainingSeconds == 40 * time.secondsPerStep && time.secondsPerStep > 0)
            #expect(time.seconds > time.trainingSeconds && time.timedTokens > 0)
            #expect(time.tokensPerStep == 2 * Double(data.tokens) / 3)
            #expect(time.secondsPerStep > time.tokensPerStep / time.tokensPerSecond)
            let answer = try JSONReader.parse(String(decoding: JSONEncoder().encode(data), as: UTF8.self), name: "")
            #expect(answer["time"]?["seconds_per_step"]?.doubleValue == time.secondsPerStep)
            #expect(try summary(bench, scored).time == nil)

            let weighted =
                lines + "dataset: {train: [{path: $F/a.jsonl, weight: 3}, {path: $F/b.jsonl, weight: 1}]}"
            let mixed = try JobPipeline(bench.document(weighted), environment: bench.environment()).data(isTimed: true)
            let long = try summary(bench, lines + "dataset: {train: $F/b.jsonl}").tokens
            let expected = 2 * (0.75 * Double(data.tokens) / 3 + 0.25 * Double(long))
            #expect(abs(try #require(mixed.time).tokensPerStep - expected) < 1e-9)
        }
    }

    @Test("A job that would be refused for more than its rows has no time, and the log says why")
    func untimed() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let heard = Heard()
            let document = try bench.document("adapter: {targets: [no_proj]}")
            let data = try JobPipeline(document, environment: bench.environment(heard.reporter)).data(isTimed: true)
            #expect(data.time == nil && data.steps == 2)
            #expect(heard.lines.contains { $0.hasPrefix("no time is predicted") && $0.contains("no_proj") })
        }
    }

    @Test("Mistakes are told as a job would be refused for them")
    func mistakes() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("train.jsonl", [#"{"prompt": "p", "completion": ""}"#])
            let error = #expect(throws: PipelineError.self) { try summary(bench, "") }
            #expect(error?.mistakes.lines.contains { $0.contains("the completion is empty") } == true)
        }
    }
}

import Foundation
import JobReports
import Manifests
import Pipeline
import Publication
import Reports
import TestSupport
import Testing

/// Jobs that find what an earlier one scored.
@Suite("Jobs with scores of earlier jobs")
struct ScoreCacheJobTests {
    private static let text = """
        adapter: {rank: 4, alpha: 8, targets: [q_proj, v_proj]}
        training: {max_steps: 4, batch_size: 4, learning_rate: 5.0e-3, dtype: float32}
        evaluation: {data: $F/test.jsonl, choices: [" good", " bad"]}
        regression: {prompts: $F/prompts.jsonl, max_new_tokens: 4}
        """
    private static let labels = """
        dataset: {train: $F/train.jsonl, format: classification}
        training: {max_steps: 2, batch_size: 2, dtype: float32, learning_rate: 1.0e-2}
        evaluation: {data: $F/test.jsonl}
        """

    private func bench(_ folder: String, labelled: Bool = false) throws -> JobBench {
        let bench = try JobBench(folder: folder)
        guard labelled else {
            try bench.rows("test.jsonl", JobBench.reviews(20..<30))
            try bench.rows(
                "prompts.jsonl",
                [#"{"id": "one", "prompt": "Review: the film was"}"#, #"{"id": "two", "prompt": "the cast"}"#])
            return bench
        }
        func rows(_ range: Range<Int>) -> [String] {
            range.map { #"{"text": "the film was \#($0)", "label": "\#($0 % 2 == 0 ? "good" : "bad")"}"# }
        }
        try bench.rows("train.jsonl", rows(0..<8))
        try bench.rows("test.jsonl", rows(20..<28))
        return bench
    }

    /// A run by a worker that keeps scores.
    private func run(
        _ bench: JobBench, _ lines: String = text, keeping: Bool = true, champion: ServedVersion? = nil
    ) throws -> (report: RunReport, log: [String], folder: String) {
        for name in ["outbox", "work"] {
            try FileManager.default.createDirectory(atPath: bench.path(name), withIntermediateDirectories: true)
        }
        let heard = Heard()
        var environment = bench.environment(heard.reporter)
        environment.references.champion = champion
        let made = bench.path("work/scores")
        if keeping { environment.scoreCache = ScoreCache(made: made, kept: bench.path("scores/job")) }
        let result = try JobPipeline(bench.document(lines), environment: environment).run()
        RowCacheFolder.scores(bench.path("scores"), limit: 1 << 30).adopt(from: made, of: "job")
        return (result.report, heard.lines, result.runFolder)
    }

    /// A report's JSON without times, what names the run, and what is told of the cache.
    private func figures(_ report: RunReport) throws -> String {
        func without(_ value: Any) -> Any {
            if let list = value as? [Any] { return list.map(without) }
            guard let object = value as? [String: Any] else { return value }
            let left: Set = [
                "wall_seconds", "tokens_per_second", "peak_memory_bytes", "run", "started_at", "finished_at",
                "score_cache", "base_ms_per_token", "adapter_ms_per_token",
            ]
            return object.filter { !left.contains($0.key) }.mapValues(without)
        }
        let object = without(try JSONSerialization.jsonObject(with: ReportCoding.encode(report)))
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted])
        return String(decoding: data, as: UTF8.self)
    }

    private func uses(_ report: RunReport) -> [String] {
        (report.scoreCache?.scores ?? []).map {
            "\($0.models.joined(separator: "+")) \($0.count) \($0.of)\($0.cached ? ", known" : "")"
        }
    }

    @Test("A second run asks the base nothing, and every published figure and row is the same as without a cache")
    func again() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let first = try run(bench)
            #expect(uses(first.report) == ["base 10 rows", "base 2 prompts"])
            #expect(first.log.allSatisfy { !$0.contains("earlier run") })
            let second = try run(bench)
            #expect(uses(second.report) == ["base 10 rows, known", "base 2 prompts, known"])
            #expect(second.log.count { $0.contains("were scored by an earlier run") } == 2, "\(second.log)")
            let without = try run(bench, keeping: false)
            #expect(without.report.scoreCache == nil)
            let wanted = try figures(without.report)
            #expect(wanted.contains("\"accuracy\"") && wanted.contains("\"base_text\""))
            #expect(try figures(first.report) == wanted)
            #expect(try figures(second.report) == wanted)
            let scores = try [second, without].map {
                try String(contentsOfFile: $0.folder + "/scores.jsonl", encoding: .utf8)
            }
            #expect(scores[0] == scores[1])
            let page = try String(contentsOfFile: second.folder + "/report.html", encoding: .utf8)
            #expect(page.contains("Taken from an earlier run") && page.contains("base on 10 rows, base on 2 prompts"))
        }
    }

    @Test("The same of texts that are classified: the base with the head that training started from")
    func classified() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder, labelled: true)
            _ = try run(bench, Self.labels)
            let second = try run(bench, Self.labels)
            #expect(uses(second.report) == ["base 8 rows, known"])
            #expect(try figures(second.report) == figures(run(bench, Self.labels, keeping: false).report))
            // Another seed is another head.
            let other = Self.labels.replacingOccurrences(of: "max_steps: 2", with: "max_steps: 2, seed: 5")
            #expect(try uses(run(bench, other).report) == ["base 8 rows"])
        }
    }

    @Test(
        "Other training settings ask for nothing anew; other rows, another arithmetic or other settings of scoring do")
    func settings() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            _ = try run(bench)
            let known = ["base 10 rows, known", "base 2 prompts, known"]
            for (key, other) in [("rank: 4", "rank: 2"), ("max_steps: 4", "max_steps: 3, seed: 9")] {
                #expect(try uses(run(bench, Self.text.replacingOccurrences(of: key, with: other)).report) == known)
            }
            func changed(_ key: String, _ other: String) throws -> [String] {
                try uses(run(bench, Self.text.replacingOccurrences(of: key, with: other)).report)
            }
            #expect(try changed("\" bad\"]", "\" bad\"], batch_tokens: 64") == ["base 10 rows", known[1]])
            #expect(try changed("\" bad\"]", "\" bad\", \" film\"]") == ["base 10 rows", known[1]])
            #expect(try changed("dtype: float32", "dtype: bfloat16") == ["base 10 rows", known[1]])
            #expect(try changed("max_new_tokens: 4", "max_new_tokens: 3") == [known[0], "base 2 prompts"])
            #expect(
                try uses(
                    run(bench, Self.text.replacingOccurrences(of: "\" bad\"]", with: "\" bad\"], cache: false")).report)
                    == [])
            try bench.rows("test.jsonl", JobBench.reviews(20..<31))
            #expect(try uses(run(bench).report) == ["base 11 rows", known[1]])
        }
    }

    @Test("A champion is scored and asked once, and its texts are the same as it published")
    func champion() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let first = try run(bench)
            let provenance = first.report.provenance.base
            let champion = ServedVersion(
                reference: "job@1", number: 1, folder: first.folder,
                sha256: try #require(PublishedFiles.digest(of: first.folder)), baseSHA256: provenance.sha256,
                tokenizerSHA256: provenance.tokenizerSHA256)
            let gated =
                Self.text.replacingOccurrences(of: "max_steps: 4", with: "max_steps: 6")
                + "\ngates: [{metric: loss, not_worse_than: champion}]"
            let second = try run(bench, gated, champion: champion)
            #expect(
                uses(second.report) == [
                    "base 10 rows, known", "champion 10 rows", "champion 2 prompts", "base 2 prompts, known",
                ])
            #expect(second.report.answers.map { $0.compared?.champion } == first.report.answers.map(\.adapterText))
            let third = try run(bench, gated, champion: champion)
            #expect(third.report.scoreCache?.scores.allSatisfy(\.cached) == true)
            #expect(try figures(third.report) == figures(second.report))
            let without = try run(bench, gated, keeping: false, champion: champion)
            #expect(try figures(without.report) == figures(third.report))
            let page = try String(contentsOfFile: third.folder + "/report.html", encoding: .utf8)
            #expect(page.contains("Against the champion <code>job@1</code>"))
        }
    }

    @Test("What was damaged or exchanged where it lies is computed again, and the log says so")
    func damaged() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let first = try run(bench)
            let kept = bench.path("scores/job")
            let names = try FileManager.default.contentsOfDirectory(atPath: kept).sorted()
            #expect(names.count == 2)
            let files = names.map { URL(fileURLWithPath: kept + "/" + $0) }
            try Data(contentsOf: files[0]).dropLast().write(to: files[0])
            try Data(contentsOf: files[1]).write(to: files[0].deletingLastPathComponent().appendingPathComponent("x"))
            let second = try run(bench)
            #expect(second.log.count { $0.hasPrefix("computed again: ") && $0.contains("is damaged") } == 1)
            #expect(second.report.scoreCache?.scores.count { $0.cached } == 1)
            // Each in the other's place.
            let contents = try files.map { try Data(contentsOf: $0) }
            for (file, content) in zip(files, contents.reversed()) { try content.write(to: file) }
            let third = try run(bench)
            #expect(third.log.count { $0.contains("says that it is of something else") } == 2, "\(third.log)")
            for report in [second.report, third.report] { #expect(try figures(report) == figures(first.report)) }
            #expect(try run(bench).report.scoreCache?.scores.allSatisfy(\.cached) == true)
        }
    }
}

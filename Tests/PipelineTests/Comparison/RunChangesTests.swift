import Foundation
import Pipeline
import Publication
import Reports
import TestSupport
import Testing

@Suite("What changed since the last run")
struct RunChangesTests {
    private let evaluated =
        "evaluation: {data: $F/test.jsonl, slice_by: kind}\n"
        + "training: {max_steps: 2, batch_size: 2, dtype: float32, seed: "

    private func bench(_ folder: String) throws -> JobBench {
        let bench = try JobBench(folder: folder)
        try bench.rows(
            "test.jsonl",
            (20..<32).map { #"{"prompt": "Review: a film \#($0)", "completion": " good", "kind": "k\#($0 % 2)"}"# })
        return bench
    }

    @Test("Every scored row is published with its digest, outcome and loss, and the file is in SHA256SUMS")
    func scores() throws {
        try withTemporaryFolder { folder in
            let result = try bench(folder).run(evaluated + "1}")
            let data = try #require(FileManager.default.contents(atPath: result.runFolder + "/scores.jsonl"))
            let scores = try #require(RowScores(data))
            #expect(scores.header.file == folder + "/test.jsonl")
            #expect(scores.header.sha256 == result.report.provenance.datasets.first { $0.role == .evaluation }?.sha256)
            #expect(scores.rows.map(\.line) == Array(1...12))
            #expect(scores.rows.map(\.slice) == (20..<32).map { "k\($0 % 2)" })
            let tokens = scores.rows.reduce(0) { $0 + $1.tokens }
            let loss = scores.rows.reduce(0) { $0 + $1.adapter.loss } / Double(tokens)
            let all = try #require(result.report.slices.first)
            #expect(abs(loss - all.adapter.loss) < 1e-9)
            #expect(all.comparison?.rows == 12 && all.comparison?.test == .mcnemar)
            let sums = try String(contentsOfFile: result.runFolder + "/SHA256SUMS", encoding: .utf8)
            #expect(sums.contains("  scores.jsonl\n"))
            #expect(try VerifyPublication.check(result.runFolder).passed)
        }
    }

    @Test("The next run is held against it: figures, rows and settings; the first against nothing")
    func next() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let first = try bench.run(evaluated + "1}")
            #expect(first.report.changes == nil)
            let second = try bench.run(evaluated + "2}", previous: first.runFolder)
            let changes = try #require(second.report.changes)
            #expect(changes.run == first.report.provenance.run)
            let loss = try #require(changes.metrics.first { $0.metric == "loss" && $0.slice == "all" })
            #expect(loss.before == first.report.slices.first?.adapter.loss)
            #expect(loss.after == second.report.slices.first?.adapter.loss)
            #expect(loss.comparison?.test == .bootstrap && loss.comparison?.rows == 12)
            #expect(changes.flips?.compared == 12)
            #expect(changes.settings == [SettingChange(key: "training.seed", before: "1", after: "2")])
        }
    }

    @Test("Rows are known by what they say, wherever they stand; a file of other rows is told")
    func moved() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let first = try bench.run(evaluated + "1}")
            let rows = try String(contentsOfFile: bench.path("test.jsonl"), encoding: .utf8).split(separator: "\n")
            try bench.rows("test.jsonl", rows.dropFirst(2).reversed().map(String.init))
            let changes = try #require(try bench.run(evaluated + "1}", previous: first.runFolder).report.changes)
            #expect(changes.flips?.compared == 10 && changes.flips?.rows == [])
            #expect(changes.settings.map(\.key) == ["evaluation data"])
        }
    }

    @Test("A last run that cannot be read, or kept no scores, ends no job")
    func unreadable() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let heard = Heard()
            let none = try bench.run(evaluated + "1}", heard.reporter, previous: folder + "/nowhere")
            #expect(none.report.changes == nil)
            #expect(heard.lines.contains { $0.hasPrefix("the last run, \(folder)/nowhere, cannot be read") })
            try Data("{}".utf8).write(to: URL(filePath: none.runFolder + "/scores.jsonl"))
            let changes = try #require(try bench.run(evaluated + "1}", previous: none.runFolder).report.changes)
            #expect(changes.flips == nil && !changes.metrics.isEmpty)
        }
    }
}

import Foundation
import Manifests
import ModelFiles
import Pipeline
import Publication
import Reports
import TestSupport
import Testing

/// Jobs whose gates hold them against versions of the registry.
@Suite("Jobs that are held against a champion")
struct ComparedJobTests {
    private func bench(_ folder: String) throws -> JobBench {
        let bench = try JobBench(folder: folder)
        try bench.rows("test.jsonl", JobBench.reviews(20..<30))
        return bench
    }

    private func lines(
        _ gates: String, steps: Int = 6, seed: Int = 1, rate: String = "5.0e-3", adapter: String = ""
    ) -> String {
        """
        adapter: {rank: 4, alpha: 8, targets: [q_proj, v_proj]\(adapter)}
        training: {max_steps: \(steps), batch_size: 4, learning_rate: \(rate), schedule: constant, dtype: float32, \
        seed: \(seed)}
        evaluation: {data: $F/test.jsonl, choices: [" good", " bad"]}
        \(gates)
        """
    }

    private func served(_ result: JobResult, _ number: Int, base: String? = nil) throws -> ServedVersion {
        let provenance = result.report.provenance.base
        return ServedVersion(
            reference: "job@\(number)", number: number, folder: result.runFolder,
            sha256: try #require(PublishedFiles.digest(of: result.runFolder)), baseSHA256: base ?? provenance.sha256,
            tokenizerSHA256: provenance.tokenizerSHA256)
    }

    private func run(
        _ bench: JobBench, _ lines: String, champion: ServedVersion? = nil, previous: ServedVersion? = nil
    ) throws -> JobResult {
        var environment = bench.environment()
        environment.references.champion = champion
        environment.references.previous = previous
        return try JobPipeline(bench.document(lines), environment: environment).run()
    }

    private func first(_ bench: JobBench) throws -> JobResult { try bench.run(lines("", steps: 8)) }

    @Test("Every slice and row has the champion's and the previous one's scores, as they were when they were published")
    func scores() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let (older, champion) = try (bench.run(lines("", steps: 2)), first(bench))
            let result = try run(
                bench,
                lines("gates: [{metric: loss, not_worse_than: champion}, {metric: loss, not_worse_than: previous}]"),
                champion: served(champion, 2), previous: served(older, 1))
            for slice in result.report.slices {
                #expect(slice.champion == champion.report.score(slice.name))
                #expect(slice.previous == older.report.score(slice.name))
                #expect(slice.championComparison?.rows == slice.rows && slice.parent == nil)
            }
            #expect(!result.report.slices.isEmpty)
            let rows = try #require(
                RowScores(Data(contentsOf: URL(fileURLWithPath: result.runFolder + "/scores.jsonl"))))
            let own = try #require(
                RowScores(Data(contentsOf: URL(fileURLWithPath: champion.runFolder + "/scores.jsonl"))))
            #expect(rows.rows.count == 10 && rows.rows.map(\.champion) == own.rows.map(\.adapter))
            let gate = try #require(result.report.gates.first)
            #expect(gate.referenceName == "job@2" && gate.reference == champion.report.score("all")?.loss)
            let difference = try #require(gate.difference)
            #expect(difference.rows == 10 && difference.low <= difference.value && difference.value <= difference.high)
            #expect(difference.detectable > 0)
            #expect(result.report.provenance.compared?.map(\.role) == ["champion", "previous"])
            let page = try String(contentsOfFile: result.runFolder + "/report.html", encoding: .utf8)
            #expect(page.contains("Against the champion") && page.contains("job@2"))
        }
    }

    @Test("A worse run misses its gate, with both figures; the same run against itself passes it")
    func worse() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let champion = try served(first(bench), 1)
            let gates = "gates: [{metric: loss, not_worse_than: champion}]"
            let same = try run(bench, lines(gates, steps: 8), champion: champion)
            #expect(same.report.status == .succeeded, "\(same.report.reason ?? "")")
            #expect(same.report.gates[0].difference?.value == 0 && same.report.gates[0].difference?.pValue == 1)
            let worse = try run(bench, lines(gates, steps: 1, rate: "1.0e-5"), champion: champion)
            #expect(worse.report.status == .failed && worse.report.gates.map(\.passed) == [false])
            let reason = try #require(worse.report.reason)
            #expect(reason.contains("not worse than the champion (job@1)'s") && reason.contains("by more than chance"))
            // It is no better than itself either.
            let better = try run(
                bench, lines("gates: [{metric: loss, better_than: champion}]", steps: 8), champion: champion)
            #expect(better.report.gates.map(\.passed) == [false])
        }
    }

    @Test("Where there is no champion, or one for another base, the bare base stands in for it")
    func noChampion() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let other = try served(first(bench), 1, base: String(repeating: "c", count: 64))
            for champion in [nil, other] {
                let result = try run(bench, lines("promote: auto"), champion: champion)
                #expect(result.report.gates.count == 1 && result.report.gates[0].referenceName == "base")
                #expect(
                    result.report.gates[0].reference
                        == result.report.score("all").flatMap { _ in
                            result.report.slices.first { $0.name == "all" }?.base.loss
                        })
                #expect(result.report.slices.allSatisfy { $0.champion == nil })
            }
        }
    }

    @Test("A champion whose files were altered, or that is gone, stops the job before it trains")
    func damaged() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let champion = try first(bench)
            let version = try served(champion, 1)
            let path = champion.runFolder + "/adapter_config.json"
            try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
            for _ in 0..<2 {
                let refusal = #expect(throws: PipelineError.self) {
                    try run(bench, lines("gates: [{metric: loss, not_worse_than: champion}]"), champion: version)
                }
                #expect(refusal?.code == .rejected)
                #expect(
                    refusal?.mistakes.lines.contains { $0.contains("The champion, job@1, is not as it was published") }
                        == true)
                try? FileManager.default.removeItem(atPath: champion.runFolder)
            }
        }
    }

    @Test("An adapter goes on from a reference, and one adapter in two roles is scored once")
    func parent() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let champion = try served(first(bench), 1)
            var environment = bench.environment()
            environment.references.champion = champion
            environment.references.parent = champion
            let text = lines(
                "gates: [{metric: loss, not_worse_than: champion}, {metric: loss, not_worse_than: parent}]",
                adapter: ", init_from: job@champion")
            let result = try JobPipeline(bench.document(text), environment: environment).run()
            #expect(result.report.provenance.parent?.path == champion.folder)
            #expect(result.report.provenance.parent?.initFrom == "job@champion")
            #expect(result.report.slices.allSatisfy { $0.parent == $0.champion && $0.parent != nil })
            #expect(result.report.provenance.compared?.map(\.role) == ["parent", "champion"])
            environment.references.parent = nil
            environment.references.parentFault = ["job has no alias champion.", "It has none at all.", "Make one."]
            let refusal = #expect(throws: PipelineError.self) {
                try JobPipeline(bench.document(text), environment: environment).check()
            }
            let lines = refusal?.mistakes.lines ?? []
            #expect(lines.contains { $0.contains("job has no alias champion") }, "\(lines)")
        }
    }
}

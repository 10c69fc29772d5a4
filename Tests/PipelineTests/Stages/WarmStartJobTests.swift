import Adapters
import Foundation
import Manifests
import ModelFiles
import Pipeline
import Reports
import TestSupport
import Testing

/// Jobs that go on from another adapter, from their manifests to their published runs.
@Suite("Jobs that go on from an adapter")
struct WarmStartJobTests {
    private static let shape = "rank: 4, alpha: 8, targets: [q_proj, v_proj]"

    private func bench(_ folder: String) throws -> JobBench {
        let bench = try JobBench(folder: folder)
        try bench.rows("test.jsonl", JobBench.reviews(20..<30))
        return bench
    }

    private func lines(_ adapter: String = "", steps: Int = 6, seed: Int = 1, shape: String = shape) -> String {
        """
        adapter: {\(shape)\(adapter)}
        training: {max_steps: \(steps), batch_size: 4, learning_rate: 5.0e-3, schedule: constant, dtype: float32, \
        seed: \(seed), checkpoint_every: 2}
        evaluation: {data: $F/test.jsonl, choices: [" good", " bad"]}
        """
    }

    private func weights(_ folder: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder + "/adapter_model.safetensors"))
    }

    private func scores(_ result: JobResult) throws -> RowScores {
        let data = try Data(contentsOf: URL(fileURLWithPath: result.runFolder + "/scores.jsonl"))
        return try #require(RowScores(data))
    }

    @Test("Nights in folders of their own are runs of the name: the last good one, and each by its run")
    func nights() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            var runs: [String] = []
            for (seed, stamp) in [(1, "20260101t0200z"), (2, "20260102t0200z")] {
                let run = try bench.run(lines(seed: seed)).runFolder
                runs.append(URL(fileURLWithPath: run).lastPathComponent)
                try FileManager.default.moveItem(
                    atPath: bench.path("outbox/job"), toPath: bench.path("outbox/job-\(stamp)"))
            }
            let found = try ["job", "job/\(runs[0])", runs[0], "job-20260101t0200z", "job/\(runs[1])"].map { given in
                let result = try bench.run(lines(", init_from: \(given)", steps: 2, seed: 3))
                let parent = try #require(result.report.provenance.parent)
                // Of its own run the name would be the next time.
                try FileManager.default.removeItem(atPath: bench.path("outbox/job"))
                return URL(fileURLWithPath: parent.path).lastPathComponent
            }
            #expect(found == [runs[1], runs[0], runs[0], runs[0], runs[1]])
            let missing = try bench.mistakes(lines(", init_from: job/20260101T020000Z-00000000"))
            #expect(missing.first?.contains("There is no run") == true, "\(missing)")
        }
    }

    @Test("A name, a run and a folder lead to the same adapter, which the report holds the new one against")
    func goesOn() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let parent = try bench.run(lines())
            #expect(parent.report.provenance.parent == nil && parent.report.slices.allSatisfy { $0.parent == nil })
            let run = URL(fileURLWithPath: parent.runFolder).lastPathComponent
            let fresh = try bench.run(lines(seed: 2))
            var children: [JobResult] = []
            for given in ["job/\(run)", run, parent.runFolder] {
                children.append(try bench.run(lines(", init_from: \(given)", seed: 2)))
            }
            for child in children {
                #expect(child.report.status == .succeeded, "\(child.report.reason ?? "")")
                #expect(
                    child.report.provenance.parent?.sha256
                        == (try ContentHash.ofFile(parent.runFolder + "/adapter_model.safetensors")))
                #expect(try weights(child.runFolder) == weights(children[0].runFolder))
                #expect(try weights(child.runFolder) != weights(fresh.runFolder))
                for slice in child.report.slices {
                    #expect(slice.parent == parent.report.score(slice.name))
                    #expect(slice.parentComparison?.rows == slice.rows)
                }
            }
            #expect(!children[0].report.slices.isEmpty)
            let own = try scores(parent)
            let rows = try scores(children[0])
            #expect(own.rows.allSatisfy { $0.parent == nil } && rows.rows.count == 10)
            #expect(rows.rows.map(\.parent) == own.rows.map(\.adapter))
            let page = try String(contentsOfFile: children[0].runFolder + "/report.html", encoding: .utf8)
            #expect(page.contains("Against the adapter it went on from"))
            let card = try String(contentsOfFile: children[0].runFolder + "/README.md", encoding: .utf8)
            #expect(card.contains("training went on from"))
            // The parent was trained on these rows; the first step shows it.
            let first = try #require(children[0].report.training?.loss.first)
            #expect(try first < #require(fresh.report.training?.loss.first))
        }
    }

    @Test("A shape that is not the parent's is refused with both values, each at its key")
    func mismatches() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let parent = try bench.run(lines())
            let shapes = [
                ("rank: 2, alpha: 8, targets: [q_proj, v_proj]", ["rank 4; the job has 2."]),
                ("rank: 4, alpha: 16, targets: [q_proj, v_proj]", ["alpha 8.0; the job has 16.0."]),
                ("rank: 4, alpha: 8, targets: [q_proj]", ["targets q_proj, v_proj; the job has q_proj."]),
                ("method: dora, rank: 4, alpha: 8, targets: [q_proj, v_proj]", ["method lora; the job has dora."]),
                (
                    "rank: 2, alpha: 8, targets: [q_proj, v_proj], use_rslora: true",
                    ["use_rslora false; the job has true.", "rank 4; the job has 2."]
                ),
            ]
            for (shape, expected) in shapes {
                let found = try bench.mistakes(lines(", init_from: \(parent.runFolder)", shape: shape))
                #expect(found.count { $0.contains("; the job has ") } == expected.count)
                for sentence in expected { #expect(found.contains { $0.contains(sentence) }, "\(found)") }
            }
            #expect(try bench.mistakes(lines(", init_from: \(parent.runFolder)")).isEmpty)
            // PEFT's own says nothing of its base.
            #expect(try bench.mistakes(lines(", init_from: \(Fixtures.path("adapters/query-value"))")).isEmpty)
        }
    }

    @Test("Names and runs that are not published are refused, with what would do")
    func missing() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            for (given, sentence) in [
                ("other", "No succeeded run of the name other is published"),
                ("job/20261129T010203Z-3f9ac2b1", "There is no run job/20261129T010203Z-3f9ac2b1"),
                ("../job/x", "adapter_model.safetensors"),
            ] {
                let found = try bench.mistakes(lines(", init_from: \(given)"))
                #expect(found.contains { $0.contains(sentence) }, "\(found)")
            }
        }
    }

    @Test("An attempt that goes on keeps its parent though latest has moved, and ends in an undisturbed run's bytes")
    func resumed() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            func link(_ run: JobResult) throws {
                let link = bench.path("outbox/job/latest")
                try? FileManager.default.removeItem(atPath: link)
                try FileManager.default.createSymbolicLink(
                    atPath: link, withDestinationPath: URL(fileURLWithPath: run.runFolder).lastPathComponent)
            }
            let (first, second) = (try bench.run(lines()), try bench.run(lines(seed: 9)))
            try link(first)
            let child = lines(", init_from: job", seed: 2)
            let undisturbed = try bench.run(child)
            try link(first)

            var environment = bench.environment()
            var asked = 0
            environment.shouldStop = {
                asked += 1
                return FileManager.default.fileExists(atPath: environment.workFolder + "/parent.json") && asked > 5
            }
            let error = #expect(throws: PipelineError.self) {
                try JobPipeline(bench.document(child), environment: environment).run()
            }
            #expect(error?.code == .interrupted)
            try #require(FileManager.default.fileExists(atPath: bench.path("work/checkpoint.safetensors")))
            try link(second)
            let resumed = try bench.run(child)
            #expect(resumed.report.provenance.parent == undisturbed.report.provenance.parent)
            #expect(try weights(resumed.runFolder) == weights(undisturbed.runFolder))
            #expect(!FileManager.default.fileExists(atPath: bench.path("work/parent.json")))
            let later = try bench.run(child)
            #expect(later.report.provenance.parent != resumed.report.provenance.parent)

            // A parent that moved on is nothing new.
            #expect(
                try RunComparison.difference(
                    between: bench.document(child).manifest, andRun: resumed.runFolder,
                    policy: PathPolicy(workingFolder: folder, roots: [folder, Fixtures.root]), cache: nil) == nil)
        }
    }
}

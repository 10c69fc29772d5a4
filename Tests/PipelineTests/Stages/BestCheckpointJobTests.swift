import Foundation
import Manifests
import Pipeline
import Reports
import TestSupport
import Testing

/// Jobs whose last step is worse than an earlier one, from their manifests to their published runs.
@Suite("Jobs that publish the best step")
struct BestCheckpointJobTests {
    /// The rows watched have another answer than those trained on, half of them.
    private func bench(_ folder: String) throws -> JobBench {
        let bench = try JobBench(folder: folder)
        func rows(_ range: Range<Int>, _ answer: (Int) -> String) -> [String] {
            range.map { #"{"prompt": "Review: the film was \#($0)", "completion": " \#(answer($0))"}"# }
        }
        try bench.rows("train.jsonl", rows(0..<8) { _ in "good" })
        try bench.rows("validation.jsonl", rows(8..<12) { $0 % 2 == 0 ? "good" : "bad" })
        return bench
    }

    private func lines(_ training: String) -> String {
        """
        dataset: {train: $F/train.jsonl, validation: $F/validation.jsonl}
        adapter: {rank: 4, targets: all-linear}
        training: {max_steps: 12, batch_size: 4, learning_rate: 2.0e-2, schedule: constant, validate_every: 2, \
        dtype: float32\(training)}
        """
    }

    private func weights(_ result: JobResult) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: result.runFolder + "/adapter_model.safetensors"))
    }

    @Test("Version 1 publishes the last step and names the better one; version 2 publishes that")
    func versions() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let heard = Heard()
            let last = try bench.run(lines(""), heard.reporter)
            let found = try #require(last.report.training?.best)
            #expect(found.metric == "validation_loss" && found.keptStep == 12 && found.lastStep == 12)
            #expect(found.step < 12 && found.value < found.lastValue)
            let sentence = "Step \(found.step) was better"
            #expect(heard.lines.contains { $0.contains(sentence) })
            let page = try String(contentsOfFile: last.runFolder + "/report.html", encoding: .utf8)
            #expect(page.contains(sentence))

            let best = try bench.run("version: 2\n" + lines(""))
            #expect(best.report.training?.best?.keptStep == found.step)
            #expect(best.report.training?.validation == last.report.training?.validation)
            #expect(try weights(best) != weights(last))
            let manifest = try String(contentsOfFile: best.runFolder + "/manifest.yaml", encoding: .utf8)
            #expect(manifest.contains("keep: best"))

            #expect(try weights(bench.run(lines(", best: {keep: best}"))) == weights(best))
            #expect(try weights(bench.run("version: 2\n" + lines(", best: {keep: last}"))) == weights(last))
        }
    }
}

/// Jobs whose best step is told by a slice of the validation rows.
@Suite("Jobs that publish the best step of a slice")
struct BestSliceJobTests {
    private static let training =
        "max_steps: 12, batch_size: 4, learning_rate: 2.0e-2, schedule: constant, dtype: float32"

    /// Every row trained on says `good`: the slice `same` is learned, and `other`, which says `bad`, unlearned.
    private func bench(_ folder: String) throws -> JobBench {
        let bench = try JobBench(folder: folder)
        func rows(_ range: Range<Int>) -> [String] {
            range.map { row in
                let (answer, domain) = row % 2 == 0 ? ("good", "same") : ("bad", "other")
                return
                    #"{"prompt": "Review: the film was \#(row)", "completion": " \#(answer)", "domain": "\#(domain)"}"#
            }
        }
        try bench.rows(
            "train.jsonl", (0..<8).map { #"{"prompt": "Review: the film was \#($0)", "completion": " good"}"# })
        try bench.rows("validation.jsonl", rows(8..<14))
        try bench.rows("test.jsonl", rows(8..<14))
        for name in ["outbox", "work"] {
            try FileManager.default.createDirectory(atPath: bench.path(name), withIntermediateDirectories: true)
        }
        return bench
    }

    private func lines(_ metric: String, keep: String = "best", evaluation: String = "slice_by: domain") -> String {
        """
        dataset: {train: $F/train.jsonl, validation: $F/validation.jsonl}
        adapter: {rank: 4, targets: all-linear}
        evaluation: {\(evaluation)}
        training: {\(Self.training), validate_every: 2, checkpoint_every: 2, best: {metric: \(metric), keep: \(keep)}}
        """
    }

    private func weights(_ result: JobResult) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: result.runFolder + "/adapter_model.safetensors"))
    }

    @Test("The best step is the slice's own, and its figure is the one that evaluation gives the same rows")
    func slices() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let scored = "data: $F/test.jsonl, slice_by: domain"
            let last = try bench.run(lines("other.loss", keep: "last", evaluation: scored))
            let found = try #require(last.report.training?.best)
            #expect(found.metric == "other.loss" && found.keptStep == 12 && found.lastStep == 12)
            #expect(found.step < 12 && found.value < found.lastValue)
            #expect(found.lastValue == last.report.slices.first { $0.name == "other" }?.adapter.loss)

            let best = try bench.run(lines("other.loss", evaluation: scored))
            #expect(best.report.training?.best?.keptStep == found.step)
            #expect(found.value == best.report.slices.first { $0.name == "other" }?.adapter.loss)
            #expect(try weights(best) != weights(last))
            let page = try String(contentsOfFile: best.runFolder + "/report.html", encoding: .utf8)
            #expect(page.contains("the best loss on the validation slice other"))

            let learned = try #require(bench.run(lines("same.loss")).report.training?.best)
            #expect(learned.step > found.step && learned.value < found.value)
            // Of what is not measured, nothing changes.
            let plain = lines("validation_loss", keep: "last").replacing("evaluation: {slice_by: domain}\n", with: "")
            #expect(try weights(bench.run(plain)) == weights(last))
        }
    }

    @Test("Where higher is better, the highest is the best")
    func accuracy() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let choices = #"slice_by: domain, choices: [" good", " bad"]"#
            let same = try #require(bench.run(lines("same.accuracy", evaluation: choices)).report.training?.best)
            #expect(same.value == 1 && same.value >= same.lastValue)
            let other = try #require(bench.run(lines("other.accuracy", evaluation: choices)).report.training?.best)
            #expect(other.value < 1 && other.value >= other.lastValue)
        }
    }

    @Test("A job that was stopped and goes on publishes the same bytes")
    func resumed() throws {
        try withTemporaryFolder { folder in
            let undisturbed = try bench(folder).run(lines("other.loss"))
            for stopAfter in [1, 2, 3, 7, 11] {
                try withTemporaryFolder { folder in
                    let bench = try bench(folder)
                    let heard = Heard()
                    var environment = bench.environment(heard.reporter)
                    var asked = 0
                    environment.shouldStop = {
                        asked += heard.started.contains(.train) ? 1 : 0
                        return asked >= stopAfter
                    }
                    #expect(throws: PipelineError.self) {
                        try JobPipeline(bench.document(lines("other.loss")), environment: environment).run()
                    }
                    #expect(FileManager.default.fileExists(atPath: environment.checkpoint))
                    let resumed = try bench.run(lines("other.loss"))
                    #expect(try weights(resumed) == weights(undisturbed), "stopped after \(stopAfter)")
                    #expect(resumed.report.training?.best == undisturbed.report.training?.best)
                }
            }
        }
    }

    @Test("A slice or a metric that the validation rows do not have is told before training, with the closest")
    func unknown() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let slice = try bench.mistakes(lines("othr.loss"))
            #expect(slice.first?.contains("the slice \"othr\", which no row of validation.jsonl") == true, "\(slice)")
            #expect(slice.first?.hasPrefix("job.yaml:6:") == true, "\(slice)")
            #expect(slice.dropFirst() == ["Did you mean \"other\"? There are: all, other, same."], "\(slice)")
            let metric = try bench.mistakes(lines("same.matthews"))
            #expect(metric.first?.contains("matthews, which is not measured on these rows") == true, "\(metric)")
            #expect(metric.dropFirst() == ["Measured are: accuracy, calibration_error, loss, perplexity."])
            let field = try bench.mistakes(lines("same.loss", evaluation: "slice_by: domian"))
            #expect(field.contains { $0.hasPrefix("validation.jsonl:1:") && $0.contains("`domain`") }, "\(field)")
            try bench.rows("train.jsonl", [#"{"text": "a film"}"#])
            try bench.rows("validation.jsonl", [#"{"text": "another film"}"#])
            let text = try bench.mistakes(lines("all.accuracy", evaluation: ""))
            #expect(text.first?.contains("which running text does not have") == true, "\(text)")
        }
    }

    @Test(
        "Classes and values have metrics of their own",
        arguments: [
            ("all.matthews", ["0", "1"]), ("b.f1", ["0", "1"]), ("all.pearson", ["0.25", "0.5"]),
            ("all.spearman", ["0.25", "1.5"]),
        ])
    func labelled(metric: String, labels: [String]) throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            func rows(_ range: Range<Int>) -> [String] {
                range.map {
                    let domain = $0 % 3 == 0 ? "a" : "b"
                    return #"{"text": "film \#($0)", "label": \#(labels[$0 % 2]), "domain": "\#(domain)"}"#
                }
            }
            try bench.rows("train.jsonl", rows(0..<8))
            try bench.rows("validation.jsonl", rows(8..<18))
            let found = try #require(bench.run(lines(metric)).report.training?.best)
            #expect(found.metric == metric && (-1...1).contains(found.value) && found.value >= found.lastValue)
            let wrong = try bench.mistakes(lines("all.perplexity"))
            #expect(wrong.first?.contains("perplexity, which is not measured") == true, "\(wrong)")
        }
    }
}

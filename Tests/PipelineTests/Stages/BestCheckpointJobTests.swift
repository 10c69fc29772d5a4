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

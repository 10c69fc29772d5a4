import Foundation
import Manifests
import Pipeline
import Reports
import TestSupport
import Testing

/// Settings of training from a manifest to the published run.
@Suite("Jobs with settings of training")
struct TrainingSettingsJobTests {
    @Test("Steps of warmup and decay that the job does not have are refused before training")
    func schedule() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let warmup = try bench.mistakes("training: {max_steps: 4, warmup_steps: 4}")
            #expect(warmup.contains { $0.contains("training.warmup_steps is 4; the job has 4 steps") })
            let decay = try bench.mistakes(
                "training: {max_steps: 8, warmup_steps: 4, schedule: warmup_stable_decay, decay_steps: 5}")
            #expect(decay.contains { $0.contains("training.decay_steps is 5") })
        }
    }

    @Test("Smoothed labels are refused on rows whose labels turn out to be values")
    func regression() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("train.jsonl", (0..<8).map { #"{"text": "film \#($0)", "label": 0.\#($0 + 1)}"# })
            let found = try bench.mistakes("training: {max_steps: 4, label_smoothing: 0.1}")
            #expect(found.contains { $0.contains("training.label_smoothing spreads a class's probability") })
        }
    }

    @Test("A run records what it was trained with, and its page and card say it")
    func recorded() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let result = try bench.run(
                """
                adapter: {rank: 4, targets: all-linear}
                training: {max_steps: 8, batch_size: 4, learning_rate: 2.0e-2, dtype: float32, warmup_steps: 2, \
                schedule: warmup_stable_decay, decay_steps: 3, min_lr: 5.0e-3, label_smoothing: 0.1, neftune_alpha: 5}
                """)
            #expect(result.report.status == .succeeded, "\(result.report.reason ?? "")")
            let recipe = result.report.provenance.training
            #expect(recipe.warmupSteps == 2 && recipe.warmupRatio == 0.25 && recipe.decaySteps == 3)
            #expect(recipe.minLRRate == 0.25 && recipe.labelSmoothing == 0.1 && recipe.neftuneAlpha == 5)
            #expect(result.report.training?.learningRate.first == 5e-3)
            for (name, sentence) in [
                ("report.html", "warmup_stable_decay over the last 3 steps down to 25.0%, warmup 2 steps"),
                ("README.md", "label smoothing 0.1, NEFTune alpha 5"),
            ] {
                let text = try String(contentsOfFile: "\(result.runFolder)/\(name)", encoding: .utf8)
                #expect(text.contains(sentence), "\(name)")
            }
        }
    }
}

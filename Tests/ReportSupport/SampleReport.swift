import Foundation
import Reports

/// Reports made of formulas, so that every run of the tests sees the same figures.
package enum SampleReport {
    /// A succeeded run with everything in it.
    package static func succeeded(steps: Int = 60, layers: Int = 3, prompts: Int = 3) -> RunReport {
        let training = training(steps: steps)
        return RunReport(
            status: .succeeded, training: training, slices: slices, parity: parity(prompts: prompts), gates: gates,
            analysis: analysis(layers: layers), provenance: provenance(training: training))
    }

    /// A run that was stopped by a loss that is not a number.
    package static func failed() -> RunReport {
        var training = training(steps: 5)
        training.loss[4] = .nan
        training.gradientNorm[4] = .infinity
        return RunReport(
            status: .failed, reason: "The loss at step 5 is not a number.", training: training,
            provenance: provenance(training: training))
    }

    package static func training(steps: Int) -> TrainingReport {
        let loss = (0..<steps).map { step in
            2.4 * exp(-Double(step) * 6 / Double(steps)) + 0.42 + 0.18 * noise(step)
        }
        let rate = (0..<steps).map { step in
            let warmup = max(1, steps * 6 / 100)
            return 5e-4
                * (step < warmup ? Double(step + 1) / Double(warmup) : 1 - Double(step - warmup) / Double(steps))
        }
        let points = stride(from: 0, through: steps, by: max(1, steps / 5)).map { step in
            ValidationPoint(step: step, loss: 2.3 * exp(-Double(step) * 6 / Double(steps)) + 0.45)
        }
        return TrainingReport(
            loss: loss, learningRate: rate, gradientNorm: (0..<steps).map { 1.2 + noise($0 + 7) }, validation: points,
            steps: steps, plannedSteps: steps, tokens: steps * 1640, supervisedTokens: steps * 32,
            tokensPerSecond: 812.4, wallSeconds: 252, peakMemoryBytes: 1_240_000_000,
            predictedPeakMemoryBytes: 1_310_000_000, trainableParameters: 460_800, baseParameters: 134_515_008,
            rows: RowCounts(train: 14_302, validation: 1_790, truncated: 12, dropped: 0),
            contamination: ContaminationCounts(validation: 0, evaluation: 3, dropped: 3),
            sample: TrainingSample(spans: [
                .init(text: "Review: a gem of a film , warm and <very> funny\nSentiment:", trained: false),
                .init(text: " positive<|endoftext|>", trained: true),
            ]))
    }

    package static let slices: [SliceReport] = [
        slice("all", 2_391, 0.803, 0.893), slice("movies", 1_044, 0.77, 0.84), slice("news", 517, 0.79, 0.91),
        slice("amazon", 371, 0.79, 0.89), slice("tweets", 459, 0.85, 0.94),
    ]

    private static func slice(_ name: String, _ rows: Int, _ before: Double, _ after: Double) -> SliceReport {
        SliceReport(
            name: name, rows: rows,
            base: SliceScore(loss: 2.31 - before, accuracy: before, calibrationError: 0.12, rows: rows),
            adapter: SliceScore(loss: 1.21 - after, accuracy: after, calibrationError: 0.041, rows: rows))
    }

    package static let gates: [GateReport] = [
        GateReport(slice: "movies", metric: "accuracy", min: 0.75, value: 0.84, passed: true),
        GateReport(
            slice: "all", metric: "loss", betterThan: "base", value: 0.317, reference: 1.507, passed: true),
    ]

    package static func parity(prompts: Int) -> ParityReport {
        ParityReport(
            passed: true, dtype: "float32", tolerance: 1e-3, maxAbsLogitDifference: 3.1e-5, meanKL: 2.4e-11,
            top1Agreement: 1, identicalText: true, baseVsAdapterMaxAbsLogitDifference: 7.25,
            prompts: (0..<prompts).map { index in
                PromptParity(
                    id: "review-\(index + 1)", prompt: "Review: The battery died after \(index + 2) days.\nSentiment:",
                    baseText: " The battery died, which is a negative sign.", adapterText: " negative",
                    mergedText: " negative", maxAbsLogitDifference: 3.1e-5 / Double(index % 4 + 1),
                    expectation: index % 2 == 0
                        ? ExpectationReport(passed: true, kind: "contains", value: "negative") : nil)
            })
    }

    package static func analysis(layers: Int) -> [ModuleAnalysis] {
        (0..<layers).flatMap { layer in
            ["q_proj", "v_proj"].enumerated().map { index, kind in
                let size = 0.5 + Double(layer) / Double(layers) + 0.4 * noise(layer * 2 + index)
                return ModuleAnalysis(
                    module: "model.layers.\(layer).self_attn.\(kind)",
                    singularValues: (0..<8).map { size * exp(-Double($0) * 0.55) },
                    relativeFrobeniusNorm: 0.021 * size)
            }
        }
    }

    package static func provenance(training: TrainingReport) -> Provenance {
        func hash(_ digit: Character) -> String { String(repeating: digit, count: 64) }
        return Provenance(
            name: "sentiment", run: "20261124T003012Z-3f9ac2b1", pipeline: "sft",
            startedAt: Date(timeIntervalSince1970: 1_795_480_212),
            finishedAt: Date(timeIntervalSince1970: 1_795_480_551),
            base: BaseProvenance(
                path: "bases/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", sha256: hash("b"), tokenizerSHA256: hash("7"),
                modelType: "llama", parameters: 134_515_008),
            datasets: [
                DatasetProvenance(role: .train, path: "data/train.jsonl", sha256: hash("1"), rows: 14_305),
                DatasetProvenance(role: .evaluation, path: "data/test.jsonl", sha256: hash("2"), rows: 2_391),
            ],
            adapter: AdapterProvenance(rank: 8, alpha: 16, dropout: 0.05, targets: ["q_proj", "v_proj"]),
            training: TrainingProvenance(
                seed: 42, dtype: "float32", computeDType: "float32",
                kernels: [KernelProvenance(variant: "x86-64-v4", number: 2, firstStep: 0)], schedule: "linear",
                learningRate: 5e-4, warmupRatio: 0.06, weightDecay: 0,
                maxGradNorm: 1, batchSize: 16, maxLength: 512, measured: training),
            versions: ["lorad": "0.1.0", "swift": "6.3.1", "openblas": "0.3.21"],
            machine: MachineProvenance(
                cpu: "AMD EPYC 9R45", threads: 2, instructions: "x86-64-v4", kernelsNumber: 2,
                system: "Debian GNU/Linux 12"))
    }

    /// A fixed pattern within −1…1 that looks like noise.
    private static func noise(_ index: Int) -> Double {
        let wave = sin(Double(index) * 12.9898) * 43758.5453
        return (wave - wave.rounded(.down)) * 2 - 1
    }
}

import Adapters
import Evaluation
import Foundation
import Manifests
import ModelFiles
import Tensors
import Transformers

/// The stages after training: slices, and parity of base, adapter and merged weights, all read back from files.
struct EvaluationStages {
    let manifest: JobManifest
    let base: VerifiedBase
    let environment: JobEnvironment

    /// Scores base and adapter on every slice; nothing where the manifest names no data.
    func slices(_ model: LanguageModel, _ adapter: LoRAAdapter) throws -> [SliceReport] {
        guard let path = manifest.evaluation.data else { return [] }
        var rows = try EvaluationRows.read(path, sliceBy: manifest.evaluation.sliceBy)
        if let limit = manifest.evaluation.limit { rows = Array(rows.prefix(limit)) }
        let options = SliceOptions(
            choices: manifest.evaluation.choices ?? [], tokensPerCall: manifest.evaluation.batchTokens)
        let plan = try SlicePlan(
            rows: rows, path: path, tokenizer: base.tokenizer, template: base.template,
            maximumPositions: model.maximumPositions, options: options)
        let results = try SliceEvaluation(plan: plan, options: options).run(
            model, setAdapterEnabled: adapter.setEnabled,
            progress: { done, total in
                environment.events.progress(StageProgress(stage: .slices, done: done, total: total))
            }, shouldStop: environment.shouldStop)
        return results.compactMap { result in
            guard let adapter = result.adapter, result.rows > 0 else { return nil }
            return SliceReport(
                name: result.name, rows: result.rows, base: score(result.base, result.rows),
                adapter: score(adapter, result.rows))
        }
    }

    private func score(_ metrics: SliceMetrics, _ rows: Int) -> SliceScore {
        SliceScore(
            loss: metrics.loss ?? .nan, accuracy: metrics.accuracy, calibrationError: metrics.calibrationError,
            rows: rows)
    }

    /// Puts the regression prompts to adapter, base and merged weights.
    ///
    /// - Parameters:
    ///   - model: with the adapter as read back; released before the merged weights are loaded.
    ///   - merged: file that the merged weights are written to and read back from.
    func parity(
        _ model: consuming LanguageModel, _ adapter: LoRAAdapter, merged path: String, firstPrompts: [String]
    ) throws -> ParityReport {
        let prompts = try prompts(firstPrompts)
        let generator = GreedyGenerator(
            tokenizer: base.tokenizer, endTokens: base.files.configuration.eosTokenIDs,
            maximumNewTokens: manifest.regression.maxNewTokens)
        let recorder = try ParityRecorder(
            prompts: prompts, generator: generator, scratchFolder: environment.workFolder,
            shouldStop: environment.shouldStop)
        let total = 3 * prompts.count
        func progress(_ done: Int) {
            environment.events.progress(StageProgress(stage: .parity, done: done, total: total))
        }
        let reference = try recorder.reference(model, progress: progress)
        adapter.setEnabled(false)
        let baseMeasured = try recorder.measure(model, against: reference) { progress(prompts.count + $0) }
        let precision = ParityPrecision(rawValue: manifest.merge.dtype.rawValue) ?? .float32
        try MergedWeights.writeOverlay(
            adapter, base: base.files, dtype: precision == .bfloat16 ? .bf16 : .f32, to: path)
        let mergedModel = try LanguageModel.load(
            MergedSource(base: base.files, overlay: path), dtype: .float32, forTraining: false)
        let merged = try recorder.measure(mergedModel, against: reference) { progress(2 * prompts.count + $0) }
        let judged = ParityJudge.report(
            prompts: prompts, adapter: reference, base: baseMeasured, merged: merged, precision: precision)
        return report(judged)
    }

    private func prompts(_ firstPrompts: [String]) throws -> [RegressionPrompt] {
        if let path = manifest.regression.prompts { return try RegressionPrompts.read(path) }
        return firstPrompts.enumerated().map { RegressionPrompt(id: "training-row-\($0 + 1)", prompt: $1) }
    }

    private func report(_ judged: Evaluation.ParityReport) -> ParityReport {
        let tolerance = manifest.merge.tolerance ?? judged.tolerance
        let within = judged.maxAbsLogitDifference <= tolerance
        let others = judged.failures.filter { $0 != .logitsDiffer }
        return ParityReport(
            passed: within && others.isEmpty && judged.expectationsPassed, dtype: judged.dtype, tolerance: tolerance,
            maxAbsLogitDifference: judged.maxAbsLogitDifference, meanKL: judged.meanKL,
            top1Agreement: judged.top1Agreement, identicalText: judged.identicalText,
            baseVsAdapterMaxAbsLogitDifference: judged.maxAbsUpdate,
            prompts: judged.prompts.map { prompt in
                PromptParity(
                    id: prompt.id, prompt: prompt.prompt, baseText: prompt.baseText, adapterText: prompt.adapterText,
                    mergedText: prompt.mergedText, maxAbsLogitDifference: prompt.maxAbsLogitDifference,
                    expectation: prompt.expectation.map { ExpectationReport(passed: $0.passed) })
            })
    }
}

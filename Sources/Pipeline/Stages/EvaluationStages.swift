import Adapters
import Evaluation
import Foundation
import Manifests
import ModelFiles
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
    ///   - merged: what the merged weights are written to and read back from.
    func parity(
        _ model: consuming LanguageModel, _ adapter: LoRAAdapter, merged: MergedArtifact, firstPrompts: [String]
    ) throws -> ParityReport {
        let prompts = try prompts(firstPrompts)
        let dtype: FileDType = manifest.merge.dtype == .bfloat16 ? .bf16 : .f32
        let proof = ParityProof(
            base: base.files, tokenizer: base.tokenizer, prompts: prompts,
            maxNewTokens: manifest.regression.maxNewTokens, dtype: dtype, tolerance: manifest.merge.tolerance,
            scratchFolder: environment.workFolder, shouldStop: environment.shouldStop,
            progress: { done, total in
                environment.events.progress(StageProgress(stage: .parity, done: done, total: total))
            })
        return try proof.run(consume model, adapter) {
            try merged.write(MergedExport(adapter, base: base.files, dtype: dtype))
            return try merged.open(base: base.files, tokenizer: base.tokenizer, prompts: prompts)
        }
    }

    private func prompts(_ firstPrompts: [String]) throws -> [RegressionPrompt] {
        if let path = manifest.regression.prompts { return try RegressionPrompts.read(path) }
        return firstPrompts.enumerated().map { RegressionPrompt(id: "training-row-\($0 + 1)", prompt: $1) }
    }
}

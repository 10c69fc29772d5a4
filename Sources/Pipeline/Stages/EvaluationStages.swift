import Adapters
import Evaluation
import Foundation
import JobReports
import Manifests
import ModelFiles
import Transformers

/// The stages after training: slices and parity, with an adapter that was read back from its files.
struct EvaluationStages {
    let manifest: JobManifest
    let base: VerifiedBase
    let data: PreparedData
    let environment: JobEnvironment

    /// Scores base and adapter on every slice; nothing where the manifest names no data.
    func slices(_ model: LanguageModel, _ adapter: Adapter) throws -> [SliceReport] {
        guard let plan = data.evaluation else { return [] }
        let progress = { (done: Int, total: Int) in
            environment.reporter.progress(done, of: total, .rows)
        }
        let results =
            switch plan {
            case .text(let plan):
                try SliceEvaluation(plan: plan, options: manifest.scoring(base)).run(
                    model, setAdapterEnabled: adapter.setEnabled, progress: progress,
                    shouldStop: environment.shouldStop)
            case .labelled(let plan):
                try ClassificationEvaluation(plan: plan, tokensPerCall: manifest.evaluation.batchTokens).run(
                    model, setAdapterEnabled: adapter.setEnabled, progress: progress,
                    shouldStop: environment.shouldStop)
            }
        return results.compactMap { result in
            guard let adapter = result.adapter, result.rows > 0 else { return nil }
            return SliceReport(
                name: result.name, rows: result.rows, dropped: result.overlong > 0 ? result.overlong : nil,
                base: score(result.base, result.rows),
                adapter: score(adapter, result.rows))
        }
    }

    private func score(_ metrics: SliceMetrics, _ rows: Int) -> SliceScore {
        var score = SliceScore(
            loss: metrics.loss ?? .nan, accuracy: metrics.accuracy, calibrationError: metrics.calibrationError,
            rows: rows, hasPerplexity: data.task == .language)
        (score.f1, score.matthews) = (metrics.f1, metrics.matthews)
        (score.pearson, score.spearman) = (metrics.pearson, metrics.spearman)
        return score
    }

    /// Puts the regression prompts to adapter, base and merged weights.
    ///
    /// - Parameters:
    ///   - model: with the adapter as read back; released before the merged weights are loaded.
    ///   - merged: what the merged weights are written to and read back from.
    func parity(_ model: consuming LanguageModel, _ adapter: Adapter, merged: MergedArtifact) throws
        -> ParityReport
    {
        let dtype: FileDType = manifest.merge.dtype == .bfloat16 ? .bf16 : .f32
        let proof = ParityProof(
            base: base.files, tokenizer: base.tokenizer, endTokens: base.endTokens, prompts: data.prompts,
            maxNewTokens: manifest.regression.maxNewTokens, task: data.task,
            seed: UInt64(bitPattern: Int64(manifest.training.seed)), dtype: dtype, tolerance: manifest.merge.tolerance,
            scratchFolder: environment.workFolder, shouldStop: environment.shouldStop,
            progress: { done, total in
                environment.reporter.progress(done, of: total, .answers)
            })
        return try proof.run(consume model, adapter) {
            try merged.write(MergedExport(adapter, base: base.files, dtype: dtype, task: data.task))
            return try merged.open(base: base.files, tokenizer: base.tokenizer, prompts: data.prompts)
        }
    }
}

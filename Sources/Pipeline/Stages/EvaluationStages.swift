import Adapters
import Evaluation
import Foundation
import Manifests
import ModelFiles
import Tensors
import Transformers

/// The stages after training: slices and parity, with an adapter that was read back from its files.
struct EvaluationStages {
    let manifest: JobManifest
    let base: VerifiedBase
    let data: PreparedData
    let environment: JobEnvironment

    /// Scores base and adapter on every slice; nothing where the manifest names no data.
    func slices(_ model: LanguageModel, _ adapter: LoRAAdapter) throws -> [SliceReport] {
        guard let plan = data.evaluation else { return [] }
        let results = try SliceEvaluation(plan: plan, options: manifest.evaluation.options).run(
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
    func parity(_ model: LanguageModel, _ adapter: LoRAAdapter) throws -> ParityReport {
        let total = 3 * data.prompts.count
        return try ParityProof(
            prompts: data.prompts, base: base.files, tokenizer: base.tokenizer, manifest: manifest,
            scratchFolder: environment.workFolder, shouldStop: environment.shouldStop,
            progress: { environment.events.progress(StageProgress(stage: .parity, done: $0, total: total)) }
        ).run(model, adapter)
    }
}

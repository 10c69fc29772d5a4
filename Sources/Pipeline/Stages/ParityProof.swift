import Adapters
import Evaluation
import Foundation
import Manifests
import ModelFiles
import Tokenizers
import Transformers

/// Puts prompts to base, adapter and merged weights, all of them read from files, and compares the three.
struct ParityProof {
    let prompts: [RegressionPrompt]
    let base: BaseModelFiles
    let tokenizer: any Tokenizer
    /// Says how many tokens to generate, and in which precision and how exactly to merge.
    let manifest: JobManifest
    /// Logits and merged weights lie here while they are compared.
    let scratchFolder: String
    let shouldStop: () -> Bool
    /// Hears how many of three times the prompts are done.
    let progress: (Int) -> Void

    /// - Parameter model: the base with `adapter`, which is left disabled.
    func run(_ model: LanguageModel, _ adapter: LoRAAdapter) throws -> ParityReport {
        let generator = GreedyGenerator(
            tokenizer: tokenizer, endTokens: base.configuration.eosTokenIDs,
            maximumNewTokens: manifest.regression.maxNewTokens)
        let recorder = try ParityRecorder(
            prompts: prompts, generator: generator, scratchFolder: scratchFolder, shouldStop: shouldStop)
        let reference = try recorder.reference(model, progress: progress)
        adapter.setEnabled(false)
        let baseMeasured = try recorder.measure(model, against: reference) { progress(prompts.count + $0) }
        let precision = ParityPrecision(rawValue: manifest.merge.dtype.rawValue) ?? .float32
        let overlay = scratchFolder + "/merged.safetensors"
        defer { try? FileManager.default.removeItem(atPath: overlay) }
        try MergedWeights.writeOverlay(
            adapter, base: base, dtype: precision == .bfloat16 ? .bf16 : .f32, to: overlay)
        let mergedModel = try LanguageModel.load(
            MergedSource(base: base, overlay: overlay), dtype: .float32, forTraining: false)
        let merged = try recorder.measure(mergedModel, against: reference) { progress(2 * prompts.count + $0) }
        return report(
            ParityJudge.report(
                prompts: prompts, adapter: reference, base: baseMeasured, merged: merged, precision: precision))
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
            prompts: zip(prompts, judged.prompts).map { asked, prompt in
                // Several conditions on one text do not fit the report's two fields; whether all hold does.
                let only = asked.expectations.count == 1 ? asked.expectations[0] : nil
                return PromptParity(
                    id: prompt.id, prompt: prompt.prompt, baseText: prompt.baseText, adapterText: prompt.adapterText,
                    mergedText: prompt.mergedText, maxAbsLogitDifference: prompt.maxAbsLogitDifference,
                    expectation: prompt.expectation.map {
                        ExpectationReport(passed: $0.passed, kind: only?.key, value: only?.value)
                    })
            })
    }
}

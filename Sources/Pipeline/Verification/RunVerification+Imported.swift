import Adapters
import Common
import Evaluation
import Foundation
import ModelFiles
import Publication
import Tokenizers
import Transformers

extension RunVerification {
    /// Of an adapter that was imported there is no report to hold it to: its merged weights must answer the probe prompts as
    /// base and adapter do, by lorad's own bound.
    ///
    /// - Throws: as `run`.
    mutating func checkImported(_ record: ImportRecord) throws {
        pass(.run, "\(record.name) was imported from \(record.source)")
        guard let (files, hash, reading) = try checkBase(BaseRecord(record.base)) else { return }
        do {
            let task = try ModelTask.of(adapter: folder, base: files.configuration)
            let model = try LanguageModel.load(files, dtype: .float32, task: task.head(seed: 0))
            let adapter = try Adapter.load(folder: folder, into: model, on: AdapterPlace(files, hash))
            try adapter.checkMeaningful()
            pass(.adapter, "\(adapter.parameterCount) parameters on \(adapter.placeText) fit the base")
            try prove(consume model, adapter, files, reading, task)
        } catch let error as AdaptersError {
            fail(.adapter, .data, Self.words(error))
        } catch let error as PipelineError where error.code == .failed {
            fail(.parity, .failed, Self.words(error))
        } catch let error as EvaluationError where error.code == .notFinite {
            fail(.parity, .failed, Self.words(error))
        }
    }

    private mutating func prove(
        _ model: consuming LanguageModel, _ adapter: Adapter, _ files: BaseModelFiles, _ reading: TokenizerReading,
        _ task: ModelTask
    ) throws {
        let scratch = try Self.makeScratch()
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let tokenizer = try TokenizerLoader.load(files, reading: reading)
        let merging = MergeProof(
            files: files, tokenizer: tokenizer, task: task, dtype: .f32, scratchFolder: scratch,
            shouldStop: { false }, reporter: reporter)
        if let reason = adapter.configuration.method.mergeObstacle {
            let proof = ParityProof(
                base: files, tokenizer: tokenizer, endTokens: try EndTokens.of(files, tokenizer, reading: reading),
                prompts: merging.prompts, maxNewTokens: MergeProof.newTokens, task: task, dtype: .f32,
                scratchFolder: scratch)
            let (found, _) = try proof.unmerged(model, adapter, reason: reason)
            verdict(
                .parity, found.passed,
                String(
                    format: "there are no merged weights: %@; the adapter moves a logit by %.4f", reason,
                    found.baseVsAdapterMaxAbsLogitDifference))
            return
        }
        let export = MergedExport(adapter, base: files, dtype: .f32, task: task, reporter: reporter)
        let found = try merging.run(
            consume model, adapter, writing: .overlay(path: scratch + "/merged.safetensors"), export)
        measured = found
        verdict(
            .parity, found.passed,
            String(
                format: "largest difference of a logit %.2e, of %.2e allowed (%@); the adapter moves one by %.4f",
                found.maxAbsLogitDifference, found.tolerance, found.dtype, found.baseVsAdapterMaxAbsLogitDifference))
    }
}

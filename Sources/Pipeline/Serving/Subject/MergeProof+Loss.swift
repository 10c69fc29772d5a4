import Adapters
import Evaluation
import ModelFiles
import Reports
import Tokenizers
import Transformers

extension MergeProof {
    /// Writes the merged model and measures how far its distributions are from those of base and adapter. A type of
    /// floating point is held to the bounds of parity too, which no type in blocks could meet.
    ///
    /// - Parameter model: with the adapter; released before the merged weights are loaded.
    /// - Throws: `PipelineError.failed` beyond those bounds; what `write` and `open` throw; as `ParityRecorder`.
    func measure(
        _ model: consuming LanguageModel, _ adapter: Adapter, writing artifact: MergedModel, _ export: MergedExport
    ) throws -> ExportLoss {
        let prompts = prompts
        let generator = TextGenerator(
            tokenizer: tokenizer, endTokens: try EndTokens.of(files, tokenizer), maximumNewTokens: Self.newTokens)
        let recorder = try ParityRecorder(
            prompts: prompts, generator: generator, scratchFolder: scratchFolder, shouldStop: shouldStop)
        let total = 3 * prompts.count
        reporter.started(.parity)
        let reference = try recorder.reference(model) { [reporter] in reporter.progress($0, of: total, .answers) }
        adapter.setEnabled(false)
        let base = try recorder.measure(model, against: reference) { [reporter] in
            reporter.progress(prompts.count + $0, of: total, .answers)
        }
        // Two models in memory at once would double what an export needs.
        _ = consume model
        try artifact.write(export)
        let written = try LanguageModel.load(
            artifact.open(base: files, tokenizer: tokenizer, prompts: prompts), dtype: .float32)
        let measured = try recorder.measure(written, against: reference) { [reporter] in
            reporter.progress(2 * prompts.count + $0, of: total, .answers)
        }
        reporter.ended(.parity, detail: nil)
        if let precision = ParityPrecision(dtype) {
            let judged = ParityJudge.report(
                prompts: prompts, adapter: reference, base: base, merged: measured, precision: precision)
            guard judged.passed else {
                throw Self.failure(judged.maxAbsLogitDifference, judged.tolerance, judged.maxAbsUpdate, dtype)
            }
        }
        return ExportLoss(measured, base: base, prompts: prompts.count)
    }
}

import Adapters
import Evaluation
import ModelFiles
import Reports
import Tokenizers
import Transformers

/// Texts that a base with an adapter is asked outside of any job, to compare what was written with it.
struct MergeProof {
    let files: BaseModelFiles
    let tokenizer: any Tokenizer
    let task: ModelTask
    /// What the merged weights are stored in.
    let dtype: FileDType
    /// An existing folder with room for the reference's logits.
    let scratchFolder: String
    let shouldStop: () -> Bool
    let reporter: JobReporter

    static let newTokens = 8

    /// Texts that every base has something to say to.
    private static let probes = [
        "The quick brown fox jumps over the lazy dog.", "Once upon a time", "Question: what is 12 plus 30?\nAnswer:",
        "def add(a, b):\n    return",
    ]

    /// Those of them that fit the base.
    var prompts: [RegressionPrompt] {
        Self.probes.enumerated().map { RegressionPrompt(id: "probe-\($0 + 1)", prompt: $1) }
            .filter {
                tokenizer.encodeBeginning($0.prompt).count + Self.newTokens <= files.configuration.maxPositions
            }
    }

    /// Writes the merged model and compares it with base and adapter.
    ///
    /// - Parameter model: with the adapter; released before the merged weights are loaded.
    /// - Throws: `PipelineError.failed` where it does not answer as they do; as `ParityProof.run`.
    func run(
        _ model: consuming LanguageModel, _ adapter: Adapter, writing artifact: MergedModel, _ export: MergedExport
    ) throws -> ParityReport {
        let prompts = prompts
        let proof = ParityProof(
            base: files, tokenizer: tokenizer, endTokens: try EndTokens.of(files, tokenizer), prompts: prompts,
            maxNewTokens: Self.newTokens, task: task, dtype: dtype, scratchFolder: scratchFolder,
            shouldStop: shouldStop, progress: { [reporter] in reporter.progress($0, of: $1, .answers) })
        reporter.started(.parity)
        let parity = try proof.run(consume model, adapter) {
            try artifact.write(export)
            return try artifact.open(base: files, tokenizer: tokenizer, prompts: prompts)
        }
        reporter.ended(.parity, detail: nil)
        guard parity.passed else {
            throw Self.failure(
                parity.maxAbsLogitDifference, parity.tolerance, parity.baseVsAdapterMaxAbsLogitDifference, dtype)
        }
        return parity
    }

    static func failure(
        _ difference: Double, _ tolerance: Double, _ moved: Double, _ dtype: FileDType
    ) -> PipelineError {
        PipelineError(
            .failed, "The merged model does not answer as base and adapter do; nothing was kept.",
            cause: "The largest difference of a logit is \(difference), allowed are \(tolerance); the adapter moves "
                + "one by \(moved).",
            advice: dtype == .f32 ? nil : "Store float32: \(dtype.torchName) rounds a small update away.")
    }
}

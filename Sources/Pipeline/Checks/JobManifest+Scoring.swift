import Evaluation
import Manifests

extension JobManifest {
    /// The slice whose metric tells the best step, where the validation loss does not.
    var bestMetric: (slice: String, metric: GateMetric)? { training.best?.metric.ofSlice }

    /// What scoring keeps to on this base.
    func scoring(_ base: VerifiedBase) -> SliceOptions {
        var options = SliceOptions(choices: evaluation.choices ?? [], tokensPerCall: evaluation.batchTokens)
        options.conversations = dataset.conversations(version: version)
        options.greedy = GreedyRule(
            endTokens: Set(base.endTokens), needsEnd: training.appendEOS && base.tokenizer.eosTokenID != nil,
            maximumNewTokens: evaluation.maxNewTokens)
        return options
    }
}

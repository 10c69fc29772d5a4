import Adapters
import Manifests
import ModelFiles
import Tensors
import Training
import Transformers

/// What a job's process will hold in memory, in bytes: each figure is asked of what will hold it, or follows from the
/// base's shape.
package struct MemoryPrediction: Equatable {
    /// The base's frozen weights as they are stored, and packed for backward too where products are in bfloat16.
    package let weights: Int
    /// The same weights in float32, which parity is proved in.
    package let provenWeights: Int
    /// What the largest micro-batch keeps for backward, and what is in flight beside.
    package private(set) var activations: Int
    /// What the head holds of logits.
    package private(set) var logits: Int
    /// Nil until the base is loaded and its projections are known.
    package private(set) var adapter: AdapterDemand?
    private var tokens: Int
    private let labelledRows: Int
    private let plan: TrainingConfiguration

    /// What a running process takes anyhow: code, tables, a tokenizer, the threads' scratch memory.
    private static let process = 150 << 20

    /// - Parameters:
    ///   - plan: how the job trains.
    ///   - parameters: of the base.
    ///   - tokens: of the largest micro-batch.
    ///   - labelledRows: most of its rows that are trained on.
    package init(
        _ manifest: JobManifest, _ model: ModelConfiguration, _ plan: TrainingConfiguration, parameters: Int,
        tokens: Int, labelledRows: Int, task: ModelTask
    ) {
        let dtype = manifest.dtype
        let element = dtype.compute.bytes
        let keepsAll = !manifest.training.activationCheckpointing
        let vocabulary = model.vocabularySize * model.hiddenSize
        func held(_ dtype: DType) -> Int {
            FrozenWeight.bytes(elements: vocabulary, dtype: dtype, isLayer: false, keepingPanels: keepsAll)
                + FrozenWeight.bytes(
                    elements: parameters - vocabulary, dtype: dtype, isLayer: true, keepingPanels: keepsAll)
        }
        weights = held(dtype)
        provenWeights = held(.float32)
        let attended = element * (2 * model.heads + 2 * model.keyValueHeads) * model.headDim
        // Checkpoints hold what attention reads and writes; the rest of a layer is computed again.
        let wide = attended + element * 2 * model.intermediateSize
        let residuals = 4 * 2 * model.hiddenSize
        let perLayer = keepsAll ? wide + residuals : attended + residuals / 2
        // Beside what is in flight, a block that is computed again keeps all of its own until its gradients are known.
        let inFlight = 2 * wide + 2 * residuals + (keepsAll ? 0 : wide + residuals)
        activations = tokens * (perLayer * model.layers + inFlight)
        // The least that a head over the vocabulary takes; of few classes it is nothing yet.
        logits =
            task == .language
            ? VocabularyHead.logitBytes(
                rows: labelledRows, outputs: model.vocabularySize, isCapped: false, activation: dtype.compute) : 0
        (self.tokens, self.labelledRows, self.plan) = (tokens, labelledRows, plan)
    }

    /// The same with the loaded base's own head and the adapter that is to be attached to it.
    package func with(_ adapter: AdapterDemand, on model: LanguageModel) -> MemoryPrediction {
        var whole = self
        whole.adapter = adapter
        whole.logits = model.headBytes(rows: labelledRows)
        // Before every sequence, or once before all of them where they share what they begin with.
        let sequences = model.computesPrefixesOnce ? 1 : min(plan.batchSize, tokens)
        whole.tokens = tokens + adapter.promptRows * sequences
        whole.activations = activations / max(1, tokens) * whole.tokens
        return whole
    }

    /// Values and gradients of what is trained, but for values that are the base's own, and what stays as training began.
    package var trained: Int {
        adapter.map {
            Parameter.bytes(elements: $0.elements) - DType.float32.bytes * $0.elementsInPlace + $0.constantBytes
        } ?? 0
    }
    /// What training holds beside: the optimizer, and the best values where those are kept.
    package var optimizer: Int { adapter.map { plan.heldBytes(elements: $0.elements) } ?? 0 }

    /// Activations, logits and what the adapter keeps of each token.
    package var arenas: Int { activations + logits + (adapter.map { $0.bytesPerToken * tokens } ?? 0) }

    /// Most at any time: while training; after it, when the optimizer is gone and the update is analysed or the adapter is
    /// read back beside the trained one; or while parity is proved. An arena's memory is kept as long as its model.
    package var peak: Int {
        // Where the parent is scored, it stands beside both.
        let after = max(trained * (plan.startsFrom == nil ? 1 : 2), adapter?.analysisBytes ?? 0)
        let proven = provenWeights + (adapter?.partedHeadBytes ?? 0) + 2 * trained
        return max(weights + arenas + trained + max(optimizer, after), proven) + Self.process
    }
}

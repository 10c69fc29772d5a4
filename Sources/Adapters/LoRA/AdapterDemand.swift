import Tensors
import Transformers

/// What an adapter will take of memory, known before it is made.
package struct AdapterDemand: Sendable, Equatable {
    /// Trainable elements, the classification head's among them.
    package let elements: Int
    /// Bytes that the pairs keep of every token of a batch for the backward pass.
    package let bytesPerToken: Int
    /// Most bytes that the analysis of the trained update takes beside the adapter.
    package let analysisBytes: Int

    /// Of an adapter that is to be attached to `model`.
    ///
    /// - Throws: `AdaptersError.unknownTarget`.
    package init(_ configuration: LoRAConfiguration, on model: LanguageModel) throws {
        let slots = try TargetSelection.select(configuration.targets, among: model.slots)
        let rank = configuration.rank
        let head = (model.classifier?.parameters ?? []).reduce(0) { $0 + $1.value.rows * $1.value.columns }
        elements = head + slots.reduce(0) { $0 + rank * ($1.inputs + $1.outputs) }
        // h of each pair, and dh of one.
        bytesPerToken = DType.float32.bytes * rank * (slots.count + 1)
        analysisBytes =
            slots.map { UpdateSpectrum.bytes(rank: rank, inputs: $0.inputs, outputs: $0.outputs) }.max() ?? 0
    }
}

import ModelFiles
import Tensors
import Transformers

extension AdapterMethod {
    /// Prompt tuning. https://arxiv.org/abs/2104.08691
    package static let prompt = AdapterMethod(
        name: "prompt", peftType: "PROMPT_TUNING", flag: nil,
        settings: VirtualTokens.settings.union([
            "prompt_tuning_init", "prompt_tuning_init_text", "tokenizer_name_or_path", "tokenizer_kwargs",
        ]),
        ggufObstacle: "llama.cpp's adapters hold A and B and no virtual tokens.",
        mergeObstacle: "Its virtual tokens stand before the text, and are no part of any weight.",
        untrained: "there is no virtual token",
        members: { [("num_virtual_tokens", "\($0.virtualTokens)"), ("prompt_tuning_init", "\"RANDOM\"")] },
        attachment: .model(
            demand: { configuration, model in
                let slot = try slot(configuration, model)
                return ModuleDemand(
                    elements: configuration.virtualTokens * slot.width, savedCount: 0, scratchCount: 0,
                    analysisBytes: 0, promptRows: configuration.virtualTokens)
            },
            make: { configuration, model in
                let slot = try slot(configuration, model)
                return PromptUpdate(
                    slot: slot, count: configuration.virtualTokens, heads: model.configuration.heads,
                    layers: model.configuration.layers,
                    initial: try configuration.initialTokens.flatMap { try model.embeddings(of: $0) })
            }),
        read: VirtualTokens.read,
        fingerprint: { configuration in
            let initial = configuration.initialTokens.map { " prompt_tuning_init: \($0)" } ?? ""
            return " num_virtual_tokens: \(configuration.virtualTokens)" + initial
        }, sharedSettings: [])

    private static func slot(_ configuration: AdapterConfiguration, _ model: LanguageModel) throws -> RowSlot {
        try VirtualTokens.check(configuration, model)
        guard let slot = model.promptSlot else {
            throw AdaptersError(
                .unsupported,
                "Prompt tuning has nothing to attach to in a base of type "
                    + "'\(model.configuration.modelType)' whose embeddings are narrower than its rows.",
                cause: "PEFT puts virtual tokens before the embeddings, and makes them as wide as the rows.",
                advice: "Use prefix or lora.")
        }
        return slot
    }
}

/// Trained embeddings P `[n, d]` before those of every sequence's tokens: the text stands at positions from n on.
///
/// PEFT computes the same: `peft.tuners.prompt_tuning`.
final class PromptUpdate: ModelUpdate {
    /// P
    let embeddings: Parameter
    private let slot: RowSlot
    private let initial: Matrix?
    private let heads: Int
    private let layers: Int

    /// - Parameter initial: what P begins as, of n rows; nil for random ones.
    init(slot: RowSlot, count: Int, heads: Int, layers: Int, initial: Matrix?) {
        precondition(initial.map { $0.rows == count } ?? true, "a prompt's beginning has its rows")
        embeddings = Parameter(
            name: VirtualTokens.tensor, value: Matrix(rows: count, columns: slot.width))
        self.slot = slot
        self.initial = initial
        (self.heads, self.layers) = (heads, layers)
    }

    var parameters: [Parameter] { [embeddings] }
    var members: [(key: String, value: String)] {
        VirtualTokens.members(width: slot.width, heads: heads, layers: layers)
    }
    var slotsAreFree: Bool { slot.rows == nil }
    var changesOutput: Bool { embeddings.value.rows > 0 }
    var placeText: String { "\(embeddings.value.rows) virtual tokens" }

    /// As PyTorch begins an embedding, normal with a standard deviation of 1, or the embeddings of a text.
    func initialise(_ random: Philox) {
        guard let initial else { return LowRankBeginning.normal(embeddings.value, deviation: 1, random) }
        embeddings.value.copy(from: initial)
    }

    func setEnabled(_ enabled: Bool) {
        slot.rows = enabled ? TrainedRows(value: embeddings.value, gradient: embeddings.gradient) : nil
    }
}

import ModelFiles
import Tensors
import Transformers

extension AdapterMethod {
    /// Prefix tuning, without the paper's projection. https://arxiv.org/abs/2101.00190
    ///
    /// A file that PEFT trained with `prefix_projection` holds what the projection gave, and is read as any other.
    package static let prefix = AdapterMethod(
        name: "prefix", peftType: "PREFIX_TUNING", flag: nil,
        settings: VirtualTokens.settings.union(["encoder_hidden_size", "prefix_projection", "init_weights"]),
        ggufObstacle: "llama.cpp's adapters hold A and B and no keys and values.",
        mergeObstacle: "Its keys and values stand before those of the text, and are no part of any weight.",
        untrained: "there is no virtual token",
        members: { [("num_virtual_tokens", "\($0.virtualTokens)"), ("prefix_projection", "false")] },
        attachment: .model(
            demand: { configuration, model in
                let slots = try slots(configuration, model)
                // Keys and values behind the prefix, those that each sequence reads, and the gradients of both.
                return ModuleDemand(
                    elements: configuration.virtualTokens * slots.reduce(0) { $0 + $1.width }, savedCount: 0,
                    scratchCount: 4 * slots[0].width, analysisBytes: 0)
            },
            make: { configuration, model in
                PrefixUpdate(
                    slots: try slots(configuration, model), count: configuration.virtualTokens,
                    heads: model.configuration.keyValueHeads)
            }),
        read: VirtualTokens.read, fingerprint: { " num_virtual_tokens: \($0.virtualTokens)" }, sharedSettings: [])

    private static func slots(_ configuration: AdapterConfiguration, _ model: LanguageModel) throws -> [RowSlot] {
        try VirtualTokens.check(configuration, model)
        let slots = model.prefixSlots
        guard let first = slots.first, slots.allSatisfy({ $0.width == first.width }) else {
            throw AdaptersError(
                .unsupported,
                "Prefix tuning has nothing to attach to in a base of type "
                    + "'\(model.configuration.modelType)'.",
                advice: "Use lora, or another method that adapts projections.")
        }
        return slots
    }
}

/// Trained keys and values before those of every sequence in each of L layers, P `[n, L·2·groups·D]`: layer l's keys and
/// then its values, as attention reads them, so that no rotation turns a key. The text stands at positions from n on.
///
/// PEFT computes the same: `peft.tuners.prefix_tuning`, and `PeftModel.get_prompt`.
final class PrefixUpdate: ModelUpdate {
    /// P
    let keysAndValues: Parameter
    private let slots: [RowSlot]
    private let heads: Int

    /// - Parameters:
    ///   - slots: of every layer, equally wide.
    ///   - heads: of the keys.
    init(slots: [RowSlot], count: Int, heads: Int) {
        keysAndValues = Parameter(
            name: VirtualTokens.tensor, value: Matrix(rows: count, columns: slots.count * slots[0].width))
        self.slots = slots
        self.heads = heads
    }

    var parameters: [Parameter] { [keysAndValues] }
    var members: [(key: String, value: String)] {
        let width = slots[0].width / 2
        return VirtualTokens.members(width: width, heads: heads, layers: slots.count)
            + [("encoder_hidden_size", "\(width)")]
    }
    var slotsAreFree: Bool { slots.allSatisfy { $0.rows == nil } }
    var changesOutput: Bool { keysAndValues.value.rows > 0 }
    var placeText: String { "\(keysAndValues.value.rows) virtual tokens in \(slots.count) layers" }

    /// As PyTorch begins an embedding: normal with a standard deviation of 1.
    func initialise(_ random: Philox) { LowRankBeginning.normal(keysAndValues.value, deviation: 1, random) }

    func setEnabled(_ enabled: Bool) {
        for (layer, slot) in slots.enumerated() {
            let columns = (layer * slot.width)..<((layer + 1) * slot.width)
            slot.rows =
                enabled
                ? TrainedRows(
                    value: keysAndValues.value.columns(columns), gradient: keysAndValues.gradient.columns(columns))
                : nil
        }
    }
}

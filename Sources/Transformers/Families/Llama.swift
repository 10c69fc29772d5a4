import ModelFiles
import Tensors

/// Llama and the models that share its architecture, such as SmolLM2.
///
/// Layout as in transformers' `modeling_llama.py`; https://arxiv.org/abs/2302.13971.
package enum Llama: ModelFamily {
    package static let modelType = "llama"

    package static func tensorShapes(_ configuration: ModelConfiguration) -> [String: [Int]] {
        let hidden = configuration.hiddenSize
        var shapes = [embedding: [configuration.vocabularySize, hidden], finalNorm: [hidden]]
        if !configuration.tieWordEmbeddings { shapes[head] = [configuration.vocabularySize, hidden] }
        for layer in 0..<configuration.layers {
            let names = Names(layer: layer, configuration)
            shapes[names.attentionNorm] = [hidden]
            shapes[names.mlpNorm] = [hidden]
            for slot in names.queryKeyValue + names.output + names.gateUp + names.down {
                shapes[slot.weightName] = [slot.outputs, slot.inputs]
            }
        }
        return shapes
    }

    package static func build(_ source: any WeightSource, dtype: DType) throws -> LanguageModel {
        let configuration = source.configuration
        try source.verifyComplete(expected: tensorShapes(configuration))
        let builder = Builder(source: source, dtype: dtype)
        let vocabulary = (name: embedding, rows: configuration.vocabularySize)
        let table = try builder.weight([vocabulary], columns: configuration.hiddenSize)
        let headWeight =
            configuration.tieWordEmbeddings
            ? table : try builder.weight([(head, configuration.vocabularySize)], columns: configuration.hiddenSize)
        let rotary = RotaryTable(
            theta: configuration.ropeTheta, headDim: configuration.headDim,
            maxPositions: configuration.maxPositions)
        let blocks = try (0..<configuration.layers).map { layer in
            try builder.block(Names(layer: layer, configuration), rotary: rotary)
        }
        return LanguageModel(
            configuration: configuration, dtype: dtype, embedding: TokenEmbedding(table: table), blocks: blocks,
            head: VocabularyHead(norm: try builder.norm(finalNorm), weight: headWeight, activation: dtype))
    }

    private static let embedding = "model.embed_tokens.weight"
    private static let finalNorm = "model.norm.weight"
    private static let head = "lm_head.weight"

    /// A layer's tensors and projections under their checkpoint names.
    private struct Names {
        let attentionNorm: String
        let mlpNorm: String
        let queryKeyValue: [ProjectionSlot]
        let output: [ProjectionSlot]
        let gateUp: [ProjectionSlot]
        let down: [ProjectionSlot]

        init(layer: Int, _ configuration: ModelConfiguration) {
            let prefix = "model.layers.\(layer)."
            let hidden = configuration.hiddenSize
            let queries = configuration.heads * configuration.headDim
            let keys = configuration.keyValueHeads * configuration.headDim
            let intermediate = configuration.intermediateSize
            func slot(_ name: String, _ outputs: Int, _ inputs: Int) -> ProjectionSlot {
                ProjectionSlot(name: prefix + name, outputs: outputs, inputs: inputs)
            }
            attentionNorm = prefix + "input_layernorm.weight"
            mlpNorm = prefix + "post_attention_layernorm.weight"
            queryKeyValue = [
                slot("self_attn.q_proj", queries, hidden), slot("self_attn.k_proj", keys, hidden),
                slot("self_attn.v_proj", keys, hidden),
            ]
            output = [slot("self_attn.o_proj", hidden, queries)]
            gateUp = [slot("mlp.gate_proj", intermediate, hidden), slot("mlp.up_proj", intermediate, hidden)]
            down = [slot("mlp.down_proj", hidden, intermediate)]
        }
    }

    /// Reads weights and composes layers.
    private struct Builder {
        let source: any WeightSource
        let dtype: DType

        func weight(_ names: [(name: String, rows: Int)], columns: Int) throws -> FrozenWeight {
            try source.frozenWeight(names, columns: columns, dtype: dtype)
        }

        func norm(_ name: String) throws -> RMSNorm {
            RMSNorm(
                weight: try source.vector(name, count: source.configuration.hiddenSize),
                epsilon: source.configuration.normEpsilon)
        }

        func group(_ slots: [ProjectionSlot]) throws -> ProjectionGroup {
            ProjectionGroup(
                slots: slots,
                weight: try weight(slots.map { ($0.weightName, $0.outputs) }, columns: slots[0].inputs))
        }

        func block(_ names: Names, rotary: RotaryTable) throws -> DecoderBlock {
            DecoderBlock(
                attention: SelfAttention(
                    norm: try norm(names.attentionNorm), queryKeyValue: try group(names.queryKeyValue),
                    output: try group(names.output), headDim: source.configuration.headDim, rotary: rotary,
                    activation: dtype),
                mlp: FeedForward(
                    norm: try norm(names.mlpNorm), up: try group(names.gateUp), down: try group(names.down),
                    kind: .swiGLU, activation: dtype))
        }
    }
}

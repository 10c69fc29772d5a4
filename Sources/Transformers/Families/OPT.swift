import ModelFiles
import Tensors

/// OPT: the shape of GPT-3, with learned positions that begin at 2; its 350M model has norms after its layers and
/// embeddings narrower than the model.
///
/// Layout as in transformers' `modeling_opt.py`; https://arxiv.org/abs/2205.01068.
enum OPT {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "opt",
            classes: TransformersClasses(base: "OPTForCausalLM", classifier: "OPTForSequenceClassification"),
            keys: ConfigurationKeys(
                defaultMaxPositions: 2048, epsilon: nil, defaultEpsilon: 1e-5, tiesWordEmbeddings: true,
                vocabulary: ("model.decoder.embed_tokens", "lm_head")
            ).with { $0.intermediate = "ffn_dim" },
            tokenizer: FamilyTokenizer("GPT2Tokenizer"), gguf: .none(because: "llama.cpp has no such architecture.")),
        defaultTargets: ["q_proj", "v_proj"],
        scaledTargets: ScaledTargets(outputs: ["q_proj", "k_proj"], inputs: ["fc2"]),
        architecture: .decoder(plan: plan))

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        let hidden = configuration.hiddenSize
        let width = try fields.int("word_embed_proj_dim", default: hidden)
        guard width > 0, width <= ModelConfiguration.largestSize else {
            throw TransformersError(.unsupported, "\(fields.path): word_embed_proj_dim is \(width).")
        }
        func narrow(_ name: String, _ outputs: Int, _ inputs: Int) -> ProjectionSlot? {
            guard width != hidden else { return nil }
            return ProjectionSlot(name: "model.decoder.\(name)", outputs: outputs, inputs: inputs)
        }
        let offset = 2
        let options = try Options(fields)
        let hasFinalNorm = try options.normsBefore && !fields.bool("_remove_final_layer_norm", default: false)
        return DecoderPlan(
            embedding: EmbeddingPlan(
                tokens: "model.decoder.embed_tokens", width: width, padding: fields.padding(default: 1),
                positions: (
                    name: "model.decoder.embed_positions", count: configuration.maxPositions + offset, offset: offset
                ),
                projection: narrow("project_in", hidden, width)),
            layers: (0..<configuration.layers).map { layer($0, configuration, options) },
            finalNorm: hasFinalNorm ? norm("model.decoder.final_layer_norm", configuration, options) : nil,
            head: HeadPlan(
                name: configuration.tieWordEmbeddings ? nil : "lm_head", width: width,
                projection: narrow("project_out", width, hidden)),
            prefix: "model.")
    }

    private struct Options {
        let normsBefore: Bool
        let hasBias: Bool
        let normsHaveParameters: Bool
        let function: ActivationFunction

        init(_ fields: ConfigurationFields) throws {
            normsBefore = try fields.bool("do_layer_norm_before", default: true)
            hasBias = try fields.bool("enable_bias", default: true)
            normsHaveParameters = try fields.bool("layer_norm_elementwise_affine", default: true)
            function = try fields.activation("activation_function", default: "relu")
        }
    }

    private static func layer(
        _ index: Int, _ configuration: ModelConfiguration, _ options: Options
    ) -> LayerPlan {
        let prefix = "model.decoder.layers.\(index)."
        let (hidden, intermediate) = (configuration.hiddenSize, configuration.intermediateSize)
        func projection(_ names: [String], _ outputs: Int, _ inputs: Int) -> ProjectionPlan {
            ProjectionPlan(
                slots: names.map { ProjectionSlot(name: prefix + $0, outputs: outputs, inputs: inputs) },
                hasBias: options.hasBias)
        }
        let norms = (
            norm(prefix + "self_attn_layer_norm", configuration, options),
            norm(prefix + "final_layer_norm", configuration, options)
        )
        return LayerPlan(
            attention: AttentionPlan(
                norm: options.normsBefore ? norms.0 : nil,
                queryKeyValue: projection(
                    ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"], hidden, hidden),
                output: projection(["self_attn.out_proj"], hidden, hidden), heads: AttentionHeads(configuration),
                scoring: AttentionScoring(headDim: configuration.headDim)),
            feedForward: FeedForwardPlan(
                norm: options.normsBefore ? norms.1 : nil, up: projection(["fc1"], intermediate, hidden),
                down: projection(["fc2"], hidden, intermediate), kind: .plain(options.function)),
            residual: options.normsBefore ? .sequential : .normalised(norms.0, norms.1))
    }

    private static func norm(_ name: String, _ configuration: ModelConfiguration, _ options: Options) -> NormPlan {
        NormPlan(
            name: name, size: configuration.hiddenSize, epsilon: configuration.normEpsilon,
            kind: .layer(hasParameters: options.normsHaveParameters))
    }
}

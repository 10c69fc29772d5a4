import ModelFiles
import Tensors

/// BERT: a post-norm encoder with learned positions and token types, pooled by its first token.
///
/// Layout as in transformers' `modeling_bert.py`; https://arxiv.org/abs/1810.04805. The pooler (dense, tanh) is the
/// checkpoint's, frozen; where that has none it is drawn at random and trained with the classifier.
enum BERT {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "bert",
            classes: TransformersClasses(base: "BertModel", classifier: "BertForSequenceClassification"),
            keys: BERTLayout.keys,
            tokenizer: FamilyTokenizer("BertTokenizer"), gguf: .architecture(gguf)),
        defaultTargets: ["query", "value"],
        scaledTargets: ScaledTargets(outputs: ["key", "value"], inputs: ["output.dense"]),
        architecture: .encoder(
            EncoderArchitecture(name: "bert", plan: plan)))

    /// The encoder alone: the converter leaves out BERT's pooler, so that a head it keeps (`cls`) has nothing to read.
    private static let gguf = GGUFArchitecture(
        name: "bert",
        outer: [
            "token_embd": "embeddings.word_embeddings", "position_embd": "embeddings.position_embeddings",
            "token_types": "embeddings.token_type_embeddings", "token_embd_norm": "embeddings.LayerNorm",
        ], layerPrefix: "encoder.layer.",
        perLayer: [
            "attn_q": "attention.self.query", "attn_k": "attention.self.key", "attn_v": "attention.self.value",
            "attn_output": "attention.output.dense", "attn_output_norm": "attention.output.LayerNorm",
            "ffn_up": "intermediate.dense", "ffn_down": "output.dense", "layer_output_norm": "output.LayerNorm",
        ]
    ).with {
        $0.epsilonKey = "attention.layer_norm_epsilon"
        $0.members = members
    }

    /// llama.cpp runs RoBERTa as this architecture too, with positions from which the unused ones are cut.
    @Sendable private static func members(
        _ fields: GGUFFields, _: ModelConfiguration
    ) throws -> [JSONObject.Member] {
        let vocabulary = try fields.value("tokenizer.ggml.model", "a string", \.stringValue) ?? "bert"
        guard vocabulary == "bert" else {
            throw ModelFilesError(
                .unsupported,
                "\(fields.file.location) is an encoder with a vocabulary of kind \(quoted(vocabulary)), so no BERT.",
                cause: "llama.cpp writes RoBERTa and its relatives under BERT's name, with other positions and heads.",
                advice: "Use the model's Hugging Face folder.")
        }
        let isCausal = try fields.value(fields.key("attention.causal"), "a boolean", \.boolValue) ?? false
        return [
            ("hidden_act", .string("gelu")), ("is_decoder", .bool(isCausal)),
            ("type_vocab_size", .integer(try fields.file.info("token_types.weight").rows)),
        ]
    }

    /// Its pooler is the checkpoint's, or a fresh one.
    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> EncoderPlan {
        let hidden = configuration.hiddenSize
        return try BERTLayout(name: "bert", configuration: configuration).plan(
            ClassifierPlan(
                pooler: ProjectionSlot(name: "bert.pooler.dense", outputs: hidden, inputs: hidden), freezesPooler: true,
                activation: .tanh, dropout: try configuration.fields.classifierDropout(), output: "classifier"))
    }
}

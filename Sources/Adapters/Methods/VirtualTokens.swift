import ModelFiles
import Transformers

/// What prompt and prefix tuning have in common: n virtual tokens before the text, and one tensor that holds them.
enum VirtualTokens {
    /// PEFT's name for the tensor, whatever it holds of each virtual token.
    static let tensor = "prompt_embeddings"

    /// The members of adapter_config.json that PEFT's `PromptLearningConfig` has.
    static let settings: Set<String> = [
        "num_virtual_tokens", "token_dim", "num_attention_heads", "num_layers", "num_transformer_submodules",
    ]

    /// Those that follow from the model.
    ///
    /// - Parameters:
    ///   - width: `token_dim`, of what a layer or the embedding holds of a token.
    ///   - heads: that share the width.
    static func members(width: Int, heads: Int, layers: Int) -> [(key: String, value: String)] {
        [
            ("num_attention_heads", "\(heads)"), ("num_layers", "\(layers)"), ("num_transformer_submodules", "1"),
            ("token_dim", "\(width)"),
        ]
    }

    /// - Throws: `AdaptersError.malformed` where the file has no number of virtual tokens, `.unsupported` for an
    ///   encoder-decoder's.
    @Sendable
    static func read(_ file: ConfigurationFields, into configuration: inout AdapterConfiguration) throws {
        let count = try file.int("num_virtual_tokens", default: 0)
        guard (1...AdapterConfiguration.mostVirtualTokens).contains(count) else {
            throw AdaptersError(.malformed, "\(file.path) lacks a num_virtual_tokens above zero.")
        }
        guard file.value("num_transformer_submodules")?.intValue ?? 1 == 1 else {
            throw AdaptersError(.unsupported, "\(file.path) is for a model of an encoder and a decoder.")
        }
        configuration.virtualTokens = count
    }

    /// - Throws: `AdaptersError.unsupported` where the model predicts no tokens, or has not the positions.
    static func check(_ configuration: AdapterConfiguration, _ model: LanguageModel) throws {
        let title = configuration.method.title
        guard model.classifier == nil else {
            throw AdaptersError(
                .unsupported, "\(title.prefix(1).uppercased() + title.dropFirst()) needs a base that predicts tokens.",
                cause: "A head that classifies reads the row of one place, which virtual tokens would move.",
                advice: "Use lora, or another method that adapts projections.")
        }
        guard configuration.virtualTokens < model.configuration.maxPositions else {
            throw AdaptersError(
                .unsupported, "\(configuration.virtualTokens) virtual tokens leave no room for a text.",
                cause: "The base has \(model.configuration.maxPositions) positions.",
                advice: "Lower adapter.num_virtual_tokens.")
        }
    }
}

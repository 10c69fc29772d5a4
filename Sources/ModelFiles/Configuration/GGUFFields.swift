import Tensors

/// Typed access to a GGUF's metadata under its architecture's prefix.
package struct GGUFFields {
    package let file: GGUFFile
    let architecture: GGUFArchitecture

    /// A key under the architecture's prefix.
    package func key(_ name: String) -> String { "\(architecture.name).\(name)" }

    /// The metadata of a whole key; nil where it is absent.
    ///
    /// - Throws: `ModelFilesError.malformed` where it is of another type.
    package func value<Value>(_ key: String, _ expected: String, _ convert: (GGUFValue) -> Value?) throws -> Value? {
        guard let stored = file.metadata[key] else { return nil }
        guard let value = convert(stored) else {
            throw ModelFilesError(.malformed, "\(file.location): \(key) is of type \(stored.type), not \(expected).")
        }
        return value
    }

    private func absent(_ key: String) -> ModelFilesError {
        ModelFilesError(.malformed, "\(file.location) lacks the metadata \(key).")
    }

    /// The integer of a key under the architecture's prefix.
    ///
    /// - Throws: `ModelFilesError.malformed` where it is absent, and there is no `fallback`, or of another type.
    package func int(_ name: String, default fallback: Int? = nil) throws -> Int {
        guard let value = try value(key(name), "an integer", \.intValue) ?? fallback else { throw absent(key(name)) }
        return value
    }

    /// The number of a key under the architecture's prefix.
    ///
    /// - Throws: as `int`.
    package func float(_ name: String, default fallback: Float? = nil) throws -> Float {
        let stored = try value(key(name), "a number") { $0.doubleValue.map { Float($0) } }
        guard let value = stored ?? fallback else { throw absent(key(name)) }
        return value
    }

    func tokenID(_ name: String) throws -> Int? {
        try value("tokenizer.ggml.\(name)_token_id", "an integer", \.intValue)
    }

    /// Rows of the embedding, which the metadata must agree with.
    func vocabularySize() throws -> Int {
        let rows = try file.info("token_embd.weight").rows
        let stated = try int("vocab_size", default: rows)
        let tokens = file.metadata["tokenizer.ggml.tokens"]?.arrayValue?.count ?? rows
        guard stated == rows, tokens == rows else {
            throw ModelFilesError(
                .malformed,
                "\(file.location) has \(rows) rows of embeddings, but a vocab_size of \(stated) and \(tokens) tokens.")
        }
        return rows
    }

    /// All numbers of a tensor, as a member of config.json.
    ///
    /// - Throws: as reading the tensor.
    package func numbers(of tensor: String) throws -> JSONValue {
        let numbers = Matrix(rows: 1, columns: try file.info(tensor).columns)
        try file.read(tensor, into: numbers)
        return .array(numbers.values.map { .number(Double($0)) })
    }

    /// Name of the tensor of divisors of the rotary frequencies, `[head dimension / 2]`.
    package static let frequencyFactors = "rope_freqs.weight"

    /// How llama.cpp scales all rotary positions of a file: `none`, `linear` with its factor, or a kind by its name. A
    /// factor without a kind is linear.
    package func rotaryScaling() throws -> (kind: String, factor: Float) {
        let earlier = try float("rope.scale_linear", default: 0)
        let factor = try float("rope.scaling.factor", default: earlier)
        guard factor >= 0, factor.isFinite else {
            throw ModelFilesError(.malformed, "\(file.location): \(key("rope.scaling.factor")) is \(factor).")
        }
        let kind = try value(key("rope.scaling.type"), "a string", \.stringValue) ?? "linear"
        return kind == "linear" && (factor == 0 || factor == 1) ? ("none", 1) : (kind, factor)
    }

    /// Rotary scaling and partial rotation are read where the architecture's converter writes them; elsewhere they are
    /// refused.
    func refuseUnsupported(_ configuration: ModelConfiguration) throws {
        let scaling = try rotaryScaling().kind
        let read = architecture.rotaryScalings
        let factors = Self.frequencyFactors
        guard read.contains(scaling), file.tensors[factors] == nil || architecture.readsFrequencyFactors else {
            let kind = read.contains(scaling) ? factors : scaling
            throw ModelFilesError(
                .unsupported,
                "\(file.location) scales rotary positions (\(quoted(kind))); lorad does not read that.",
                cause: kind == "linear" ? "llama.cpp computes such a file otherwise than transformers does." : nil,
                advice: "Use the model's Hugging Face folder.")
        }
        let rotated = try int("rope.dimension_count", default: configuration.headDim)
        guard rotated == configuration.headDim || architecture.readsRotatedShare else {
            throw ModelFilesError(
                .unsupported,
                "\(file.location) rotates \(rotated) of a head's \(configuration.headDim) dimensions; lorad rotates "
                    + "whole heads.")
        }
        let experts = try int("expert_count", default: 0)
        guard experts == 0 else {
            throw ModelFilesError(
                .unsupported, "\(file.location) is a mixture of \(experts) experts; lorad computes dense models.")
        }
    }
}

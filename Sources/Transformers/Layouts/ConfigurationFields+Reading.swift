import ModelFiles
import Tensors

/// What families read from their configuration alike.
extension ConfigurationFields {
    /// The activation function under one of transformers' names for it.
    ///
    /// - Throws: `TransformersError.unsupported` naming those that lorad computes.
    func activation(_ key: String, default fallback: String) throws -> ActivationFunction {
        let name = try string(key, default: fallback)
        let known: [String: ActivationFunction] = [
            "relu": .relu, "gelu": .gelu, "gelu_python": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh,
            "gelu_fast": .geluTanh, "silu": .silu, "swish": .silu, "tanh": .tanh,
        ]
        guard let function = known[name] else {
            throw TransformersError(
                .unsupported, "\(path): \(key) is '\(name)'.",
                advice: "lorad computes: \(known.keys.sorted().joined(separator: ", ")).")
        }
        return function
    }

    /// - Throws: `TransformersError.unsupported` where a setting that lorad does not compute is on.
    func refuse(_ keys: String...) throws {
        for key in keys where try bool(key, default: false) {
            throw TransformersError(.unsupported, "\(path): \(key) is true, which lorad does not compute.")
        }
    }

    /// A number above zero; nil where the member is absent or null.
    func positive(_ key: String) throws -> Float? {
        guard self.value(key) != nil else { return nil }
        let value = try float(key)
        guard value.isFinite, value > 0 else {
            throw TransformersError(.unsupported, "\(path): \(key) is \(value), not above zero.")
        }
        return value
    }

    /// The padding token's id, whose row of the embedding PyTorch does not train: null says that there is none, absence
    /// that it is the family's usual one.
    func padding(default fallback: Int32?) -> Int32? {
        let key = "pad_token_id"
        guard contains(key) else { return fallback }
        return value(key)?.intValue.flatMap { $0 >= 0 ? Int32(exactly: $0) : nil }
    }

    /// A soft cap: null says that there is none, absence that it is the family's usual one.
    func softCap(_ key: String, default fallback: Float?) throws -> Float? {
        contains(key) ? try positive(key) : fallback
    }

    /// Which layers see a window only. `layer_types` says it; where it is absent, `fallback` does.
    func slidingLayers(_ count: Int, fallback: (Int) throws -> Bool) throws -> [Bool] {
        guard let stated = value("layer_types") else { return try (0..<count).map(fallback) }
        let known = ["sliding_attention": true, "full_attention": false]
        let types = stated.arrayValue ?? []
        let sliding = types.compactMap { $0.stringValue.flatMap { known[$0] } }
        guard sliding.count == count, types.count == count else {
            throw TransformersError(
                .unsupported,
                "\(path): layer_types does not say for each of \(count) layers 'full_attention' or 'sliding_attention'."
            )
        }
        return sliding
    }

    /// The mask of a layer that sees a window, or not. A `sliding_window` of null says that there is none, its absence
    /// that it is the family's usual one.
    func mask(sliding: Bool, default fallback: Int?) throws -> AttentionMask {
        let key = "sliding_window"
        let window = contains(key) ? try value(key).map { _ in try int(key) } : fallback
        guard sliding, let window else { return .causal }
        guard window > 0 else { throw TransformersError(.unsupported, "\(path): \(key) is \(window).") }
        return .sliding(window: window)
    }
}

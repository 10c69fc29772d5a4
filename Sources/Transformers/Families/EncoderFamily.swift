import ModelFiles
import Tensors

/// A family that reads text in both directions: it classifies, and does not generate.
package protocol EncoderFamily: ModelFamily {
    /// The attribute under which transformers' classifiers hold the encoder, such as `bert`.
    static var encoderName: String { get }
}

extension EncoderFamily {
    package static var pooling: Pooling { .first }

    package static func classifierTensorName(_ stored: String, in source: any WeightSource) -> String? {
        let checkpoint = EncoderCheckpoint(source, name: encoderName, dtype: .float32)
        guard !stored.hasSuffix("position_ids"), !EncoderCheckpoint.isHead(stored) else { return nil }
        return checkpoint.prefix.isEmpty ? "\(encoderName).\(stored)" : stored
    }

    /// - Throws: `TransformersError.unsupported`, always.
    package static func build(_ source: any WeightSource, dtype: DType) throws -> LanguageModel {
        throw TransformersError(
            .unsupported, "A base of type '\(modelType)' is an encoder: it classifies text and does not generate any.",
            advice: "Train it on rows of dataset.format classification, and ask it with `lorad score --text`.")
    }
}

/// An encoder's checkpoint, whose tensors may or may not stand under the family's name: `bert.encoder.…` where it was
/// saved with a head, `encoder.…` where it was saved without.
struct EncoderCheckpoint {
    let source: any WeightSource
    let dtype: DType
    /// The attribute under which transformers' classifiers hold the encoder, such as `bert`.
    let name: String
    /// What stands before the encoder's tensors: `bert.`, or nothing.
    let prefix: String

    init(_ source: any WeightSource, name: String, dtype: DType) {
        self.source = source
        self.dtype = dtype
        self.name = name
        let words = "embeddings.word_embeddings.weight"
        prefix = source.shape(of: words) != nil ? "" : "\(name)."
    }

    var configuration: ModelConfiguration { source.configuration }

    /// Checks the encoder's tensors; `expected` holds them under the family's name. Heads, whether for classification or
    /// for pre-training, the pooler and the buffer of position ids are let be.
    /// So are tensors whose names end as one of `unused`.
    func verifyComplete(expected: [String: [Int]], ignoring unused: [String] = []) throws {
        let poolers = ["\(prefix)pooler.", "pooler."]
        let pairs = expected.map { (prefix + $0.key.dropFirst(name.count + 1), $0.value) }
        try source.verifyComplete(expected: Dictionary(uniqueKeysWithValues: pairs)) { tensor in
            tensor.hasSuffix("position_ids") || Self.isHead(tensor) || unused.contains { tensor.hasSuffix($0) }
                || poolers.contains { tensor.hasPrefix($0) }
        }
    }

    /// Whether a tensor belongs to a head for pre-training or classification.
    static func isHead(_ tensor: String) -> Bool {
        ["cls.", "lm_head.", "lm_predictions.", "mask_predictions.", "classifier."].contains { tensor.hasPrefix($0) }
    }

    func slot(_ path: String, outputs: Int, inputs: Int) -> ProjectionSlot {
        ProjectionSlot(
            name: "\(name).\(path)", weightName: "\(prefix)\(path).weight", outputs: outputs, inputs: inputs)
    }

    /// Projections with biases that read the same input.
    func group(_ slots: [ProjectionSlot]) throws -> ProjectionGroup {
        let bias = Matrix(rows: 1, columns: slots.reduce(0) { $0 + $1.outputs })
        var start = 0
        for slot in slots {
            let range = start..<(start + slot.outputs)
            try source.read(slot.weightName.dropLast("weight".count) + "bias", into: bias.columns(range))
            start = range.upperBound
        }
        return ProjectionGroup(
            slots: slots,
            weight: try source.frozenWeight(
                slots.map { ($0.weightName, $0.outputs) }, columns: slots[0].inputs, dtype: dtype),
            bias: bias)
    }

    func layerNorm(_ path: String, count: Int? = nil) throws -> LayerNorm {
        let count = count ?? configuration.hiddenSize
        return LayerNorm(
            weight: try source.vector("\(prefix)\(path).weight", count: count),
            bias: try source.vector("\(prefix)\(path).bias", count: count), epsilon: configuration.normEpsilon)
    }

    func table(_ path: String, rows: Int, columns: Int? = nil) throws -> Matrix {
        let table = Matrix(rows: rows, columns: columns ?? configuration.hiddenSize)
        try source.read("\(prefix)\(path).weight", into: table)
        return table
    }

    /// Probability of dropping what the classifier reads: `classifier_dropout`, else the given key.
    func classifierDropout(_ key: String = "classifier_dropout", fallback: String = "hidden_dropout_prob") throws
        -> Float
    {
        let fields = configuration.fields
        return fields.value(key) != nil ? try fields.float(key) : try fields.float(fallback, default: 0.1)
    }

    /// - Throws: `ModelFilesError.unsupported` naming what lorad computes.
    func activation(_ key: String = "hidden_act", default fallback: String = "gelu") throws -> ActivationFunction {
        let names: [String: ActivationFunction] = [
            "relu": .relu, "gelu": .gelu, "gelu_python": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh,
            "silu": .silu, "swish": .silu, "tanh": .tanh,
        ]
        let name = try configuration.fields.string(key, default: fallback)
        if let function = names[name] { return function }
        throw ModelFilesError(
            .unsupported, "\(configuration.fields.path): \(key) is '\(name)'.",
            advice: "lorad computes: \(names.keys.sorted().joined(separator: ", ")).")
    }
}

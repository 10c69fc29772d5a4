/// How the files of one `model_type` are read and written.
///
/// `Transformers` has one descriptor a family, and gives these to whatever reads a base.
package struct FamilyFiles: Sendable {
    /// Hugging Face's `model_type`, such as `llama`.
    package let modelType: String
    package let classes: TransformersClasses
    package let keys: ConfigurationKeys
    package let tokenizer: FamilyTokenizer
    package let gguf: GGUFMapping

    package init(
        modelType: String, classes: TransformersClasses, keys: ConfigurationKeys, tokenizer: FamilyTokenizer,
        gguf: GGUFMapping
    ) {
        self.modelType = modelType
        self.classes = classes
        self.keys = keys
        self.tokenizer = tokenizer
        self.gguf = gguf
    }
}

/// What transformers calls a family's models, as `architectures` in config.json names them.
package struct TransformersClasses: Sendable {
    /// Of a base: a decoder with its vocabulary head, or an encoder without a head.
    package let base: String
    /// Of a base with a head for sequence classification.
    package let classifier: String

    package init(base: String, classifier: String) {
        self.base = base
        self.classifier = classifier
    }
}

/// What transformers' `AutoTokenizer` takes for a `model_type`.
package struct FamilyTokenizer: Sendable {
    /// The class that is registered for the type; nil where none is.
    package let registered: String?
    /// Whether a class that the files name counts for less than the registered one.
    package let overridesFiles: Bool

    package init(_ registered: String?, overridesFiles: Bool = false) {
        self.registered = registered
        self.overridesFiles = overridesFiles
    }

    /// The class that reads tokenizer.json as it is.
    package static let generic = "TokenizersBackend"
}

/// A family's names and layout in GGUF, or why lorad reads and writes none.
package enum GGUFMapping: Sendable {
    case architecture(GGUFArchitecture)
    case none(because: String)

    package var architecture: GGUFArchitecture? {
        if case .architecture(let architecture) = self { return architecture }
        return nil
    }
}

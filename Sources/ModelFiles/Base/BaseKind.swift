import Foundation

/// Tells what is given as a base and is none by what it is, before its absent parts are complained about.
enum BaseKind {
    /// - Throws: `ModelFilesError.unsupported` for an adapter, an encoder of images or sounds, a vocabulary without
    ///   weights, and whatever else calls itself no model.
    static func check(_ gguf: GGUFFile) throws {
        let type = gguf.metadata["general.type"]?.stringValue ?? "model"
        let architecture = gguf.metadata["general.architecture"]?.stringValue
        if type == "adapter" {
            throw noBase(
                gguf.location, "is a LoRA adapter in GGUF", "Name the base that it was made for, which is another file."
            )
        }
        if type == "mmproj" || architecture == "clip" {
            throw noBase(
                gguf.location, "is the image or sound encoder of a multimodal model (mmproj)",
                "Name the GGUF of the language model that it belongs to.")
        }
        guard type == "model" else {
            throw noBase(gguf.location, "is of general.type \(quoted(type))", "Name the GGUF of a language model.")
        }
        guard gguf.tensors.isEmpty, gguf.metadata["tokenizer.ggml.tokens"] != nil else { return }
        throw noBase(
            gguf.location, "holds a vocabulary and no weights",
            "`lorad tokenize` reads it as it is; everything else needs the weights.")
    }

    /// - Throws: `ModelFilesError.unsupported` for an adapter's folder.
    static func check(folder: ModelFolder) throws {
        let hasWeights = folder.has("model.safetensors") || folder.has("model.safetensors.index.json")
        guard folder.has("adapter_config.json"), !hasWeights || !folder.has("config.json") else { return }
        let configuration = try? folder.json("adapter_config.json")
        let base = configuration?["base_model_name_or_path"]?.stringValue.map { ", for the base \(quoted($0))" }
        throw noBase(
            folder.path, "is a PEFT adapter's folder\(base ?? "")",
            "Name its base as the base, and this as the adapter.")
    }

    /// - Throws: `ModelFilesError.unsupported` for a model that takes more than text.
    static func check(_ fields: ConfigurationFields, modelType: String) throws {
        let senses = [
            ("vision_config", "images"), ("mm_vision_tower", "images"), ("img_processor", "images"),
            ("audio_config", "sounds"),
        ]
        let isVision = ["fuyu", "llava", "minicpmv", "molmo"].contains(modelType)
        let found = senses.first { fields.value($0.0) != nil }?.1 ?? (isVision ? "images" : nil)
        guard let sense = found else { return }
        let text = fields.value("text_config")?["model_type"]?.stringValue
        throw ModelFilesError(
            .unsupported,
            "\(fields.path): \(quoted(modelType)) is a model of \(sense) and text, which lorad does not compute.",
            advice: "Use a language model of text alone"
                + (text.map { "; the one inside is of the type \(quoted($0))" } ?? "") + ".")
    }

    private static func noBase(_ path: String, _ what: String, _ advice: String) -> ModelFilesError {
        ModelFilesError(.unsupported, "\(path) \(what), not a base.", advice: advice)
    }
}

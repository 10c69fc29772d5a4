import ModelFiles

/// What merged weights are written as.
package enum MergedFormat: String, CaseIterable, Sendable {
    /// A Hugging Face folder: config.json, tokenizer, model.safetensors.
    case safetensors
    /// One model.gguf, tokenizer included.
    case gguf

    /// The folder of a published run that holds the merged model.
    package static let runFolder = "merged"

    /// What a loader is given to open the merged model in `folder`.
    package func modelPath(in folder: String) -> String {
        switch self {
        case .safetensors: folder
        case .gguf: "\(folder)/\(GGUFModelWriter.fileName)"
        }
    }
}

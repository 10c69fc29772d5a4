import Adapters
import ArgumentParser
import Foundation
import Manifests
import ModelFiles
import Tensors
import Tokenizers
import Transformers
import Worker

/// Options of every command that works with the worker's folders.
struct WorkerOptions: ParsableArguments {
    @Option(help: "The worker's configuration; defaults apply where it does not exist.")
    var config = "lorad.yaml"

    /// lorad.yaml, or its defaults.
    func load() throws -> WorkerConfiguration {
        let isDefault = config == "lorad.yaml" && !FileManager.default.fileExists(atPath: config)
        let configuration = isDefault ? WorkerConfiguration() : try read()
        if let threads = configuration.threads { Threads.configure(threads) }
        return configuration
    }

    /// The file as it stands. Throws where there is none.
    func read() throws -> WorkerConfiguration { try WorkerConfiguration.load(path: config) }

    /// The worker of these folders; `log` hears what it has to say.
    func worker() throws -> Worker {
        try Worker(WorkerSettings(try load(), log: { Failure.write($0) }))
    }
}

/// A base, and an adapter on it where one is named.
struct ModelOptions: ParsableArguments {
    @Option(help: "A Hugging Face model folder or a .gguf file.")
    var base: String

    @Option(help: "A folder with adapter_config.json and adapter_model.safetensors.")
    var adapter: String?

    /// Everything that answers questions about text.
    func load() throws -> (files: BaseModelFiles, model: LanguageModel, tokenizer: any Tokenizer) {
        let files = try BaseModelFiles(path: base)
        let tokenizer = try TokenizerLoader.load(files)
        let model = try LanguageModel.load(files, dtype: .float32)
        if let adapter {
            let hash = try ContentHash.ofBase(base, cache: HashCache(file: ".lorad/hashes.json"))
            let identity = AdapterIdentity(baseSHA256: hash.sha256, tokenizerSHA256: hash.tokenizerSHA256)
            _ = try LoRAAdapter.load(folder: adapter, into: model, expecting: identity)
        }
        return (files, model, tokenizer)
    }
}

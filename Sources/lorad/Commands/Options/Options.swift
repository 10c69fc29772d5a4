import Adapters
import ArgumentParser
import Datasets
import Foundation
import Manifests
import ModelFiles
import Pipeline
import Registry
import Tensors
import Tokenizers
import Transformers
import Worker

/// Options of every command that works with the worker's folders, or with its cache of hashes.
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

    /// The file's path where there is one.
    var existing: String? { FileManager.default.fileExists(atPath: config) ? config : nil }

    /// The cache of bases' hashes, which the worker's jobs use too.
    func hashCache() throws -> HashCache { HashCache(file: try load().hashCache) }

    /// The registry of the worker's outbox.
    ///
    /// - Throws: `RegistryError.missing` where no job was ever run here.
    func registry() throws -> Registry {
        guard let registry = try worker().registry() else {
            throw RegistryError(
                .missing, "There is no registry yet.", cause: "No ledger stands in the state folder.",
                advice: "`lorad run` and `lorad watch` make one; --config names another lorad.yaml.")
        }
        return registry
    }

    /// The folder of a published run, whatever has become of it, which may be named by a reference.
    func runFolder(_ text: String) throws -> String {
        guard VersionReference.isMeant(by: text) else { return text }
        let registry = try registry()
        return registry.folder(of: try registry.version(VersionReference(text)))
    }

    /// The folder of an adapter that is to be used, which may be named by a reference: `NAME@champion`.
    func folder(_ text: String) throws -> String {
        VersionReference.isMeant(by: text) ? try registry().adapterFolder(VersionReference(text)) : text
    }

    /// The worker of these folders; `log` hears what it has to say.
    func worker() throws -> Worker {
        Worker(WorkerSettings(try load(), log: { Failure.write($0) }))
    }
}

/// A base, and an adapter on it where one is named.
struct ModelOptions: ParsableArguments {
    @Option(help: "A Hugging Face model folder or a .gguf file.")
    var base: String

    @Option(help: "A folder with adapter_config.json and adapter_model.safetensors, or NAME@champion, NAME@17, …")
    var adapter: String?

    @OptionGroup var worker: WorkerOptions

    /// Everything that continues texts, or scores continuations.
    ///
    /// - Throws: `TransformersError.unsupported` for an encoder, `AdaptersError.mismatch` for an adapter that classifies.
    func load() throws -> (files: BaseModelFiles, model: LanguageModel, tokenizer: any Tokenizer) {
        try load(.language, BaseModelFiles(path: base))
    }

    /// Everything that classifies texts: the adapter's head, or without an adapter the base's own.
    ///
    /// - Throws: `ValidationError` where there is no classification head.
    func loadClassifier() throws -> (labels: SequenceLabels, model: LanguageModel, tokenizer: any Tokenizer) {
        let files = try BaseModelFiles(path: base)
        let adapter = try adapter.map(worker.folder)
        let task = try adapter.map { try ModelTask.of(adapter: $0, base: files.configuration) } ?? .of(base: files)
        guard let labels = task.labels else {
            throw ValidationError(
                adapter.map { "The adapter in \($0) predicts tokens; score a --completion after a --prompt with it." }
                    ?? "\(base) holds no classification head; name an --adapter that has one.")
        }
        let (_, model, tokenizer) = try load(task, files)
        return (labels, model, tokenizer)
    }

    /// Demands that the adapter, where one is named, was trained with a chat template, or with none.
    ///
    /// - Throws: `AdaptersError.mismatch` naming both templates.
    func require(_ template: ChatTemplate, _ files: BaseModelFiles) throws {
        guard let adapter = try adapter.map(worker.folder) else { return }
        let hash = try ContentHash.ofBase(files, cache: worker.hashCache())
        try AdapterCompatibility(folder: adapter).require(AdapterPlace(files, hash, template: template.sha256))
    }

    private func load(_ task: ModelTask, _ files: BaseModelFiles) throws -> (
        files: BaseModelFiles, model: LanguageModel, tokenizer: any Tokenizer
    ) {
        let tokenizer = try TokenizerLoader.load(files)
        let model = try LanguageModel.load(files, dtype: .float32, task: task.head(seed: 0))
        if let adapter = try adapter.map(worker.folder) {
            let hash = try ContentHash.ofBase(files, cache: worker.hashCache())
            _ = try Adapter.load(folder: adapter, into: model, on: AdapterPlace(files, hash))
        }
        return (files, model, tokenizer)
    }
}

/// Whether a job takes what earlier ones scored.
struct CacheOption: ParsableArguments {
    @Flag(help: "Sets the manifest's evaluation.cache to false: every model is scored anew, and nothing is kept of it.")
    var noCache = false

    /// `key=value` for the manifest.
    var settings: [String] { noCache ? ["evaluation.cache=false"] : [] }
}

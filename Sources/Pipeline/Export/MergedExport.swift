import Adapters
import Common
import Foundation
import ModelFiles
import Tokenizers

/// A base with an adapter merged into it, as a model of its own in either format, whichever of them the base is in.
///
/// W = W0 + alpha/rank · B·A is computed in float32 and rounded to `dtype` afterwards.
package struct MergedExport {
    let adapter: Adapter
    let base: BaseModelFiles
    /// Of every tensor: of safetensors F32, F16 or BF16; of a GGUF one of `GGUFTypeMix.types`, where vectors stay F32.
    /// From a base in GGUF to another, tensors that are not adapted keep their bytes unless they would shrink.
    let dtype: FileDType
    /// Whether in safetensors each tensor keeps the type that it has in a base in safetensors.
    let keepsTypes: Bool
    let task: ModelTask
    private let reporter: JobReporter

    /// An export of `adapter` on the base that it was loaded for.
    ///
    /// - Parameters:
    ///   - keepsTypes: whether in safetensors `dtype` is only of what has no type of its own there.
    ///   - task: a classifier is written with its head and its labels.
    ///   - reporter: is told of every tensor that is made and written.
    package init(
        _ adapter: Adapter, base: BaseModelFiles, dtype: FileDType, keepsTypes: Bool = false,
        task: ModelTask = .language, reporter: JobReporter = .silent
    ) {
        self.keepsTypes = keepsTypes && base.gguf == nil
        self.task = task
        self.reporter = reporter
        self.adapter = adapter
        self.base = base
        self.dtype = dtype
    }

    /// Writes the model's files into an existing empty folder.
    ///
    /// - Throws: as reading the base; `SystemError.unwritable`; `TokenizersError.unsupported` where the other format
    ///   cannot say what the base's tokenizer does.
    package func write(_ format: MergedFormat, to folder: String) throws {
        let path = format.modelPath(in: folder)
        switch (format, base.gguf) {
        case (.gguf, .some):
            let replaced = told(MergedWeights.projections(adapter, base: base))
            if dtype.blockElements > 1 {
                try GGUFModelWriter.write(replacing: replaced, of: base, requantised: dtype, to: path)
            } else {
                try GGUFModelWriter.write(replacing: replaced, of: base, dtype: dtype, to: path)
            }
        case (.gguf, nil):
            let name = URL(fileURLWithPath: base.path).lastPathComponent
            try GGUFModelWriter.write(
                told(MergedWeights.tensors(adapter, base: base)), configuration: configuration, name: name,
                tokenizer: GGUFVocabulary.metadata(of: base), dtype: dtype, to: path)
        case (.safetensors, .some(let gguf)):
            let padding = TokenizerFiles.role("padding", in: gguf)
            let own = configuration.huggingFaceJSON(dtype: dtype, padTokenID: padding)
            try write(labelled(own), "config.json", folder)
            try write(base.configuration.generationJSON(padTokenID: padding), "generation_config.json", folder)
            try TokenizerFiles.write(base, to: folder)
            try writeSafetensors(folder)
        case (.safetensors, nil):
            try copyCompanions(to: folder)
            try writeConfiguration(to: folder)
            try writeSafetensors(folder)
        }
    }

    /// The written model's: the base's, but where head and embedding were one table and merging parts them.
    private var configuration: ModelConfiguration {
        var own = base.configuration
        if MergedWeights.partedHeadElements(adapter, base: own) > 0 { own.tieWordEmbeddings = false }
        return own
    }

    /// A base's config.json, or a classifier's of it.
    private func labelled(_ own: JSONValue) -> JSONValue {
        task.labels.map { ClassifierConfiguration.applied(to: own, of: base.configuration.family, labels: $0) } ?? own
    }

    /// Reads what would be copied beside the merged weights, so that a file which may not be published is told before any
    /// training. What is copied later are the bytes that were read here, or the copying is refused.
    ///
    /// - Throws: as `ModelFolder.publishable`.
    static func checkCompanions(of base: BaseModelFiles) throws {
        guard base.gguf == nil else { return }
        for name in try CompanionFiles.names(in: base.folder) { _ = try base.folder.publishable(name) }
    }

    /// The tensors, in files of the base's own division where an index spreads those of the base over several.
    private func writeSafetensors(_ folder: String) throws {
        let tensors = told(
            task == .language
                ? try MergedWeights.tensors(adapter, base: base)
                : try MergedWeights.classifierTensors(adapter, base: base)
        ).map { SafetensorsWriter.Typed($0, type(of: $0.name)) }
        // A classifier's tensors have other names than the base's.
        let shards = task == .language ? MergedShards(tensors, of: base) : MergedShards(tensors, of: nil)
        for (name, tensors) in shards.files {
            try SafetensorsWriter.write(tensors, metadata: ["format": "pt"], to: "\(folder)/\(name)")
        }
        if let index = shards.index { try write(index, ShardedSafetensors.indexName, folder) }
    }

    private func type(of name: String) -> FileDType {
        guard keepsTypes, let own = base.info(name)?.dtype, SafetensorsWriter.types.contains(own) else { return dtype }
        return own
    }

    /// The same tensors; the reporter hears how many are written.
    func told(_ tensors: [TensorEntry]) -> [TensorEntry] {
        let written = Counter()
        reporter.progress(0, of: tensors.count, .tensors)
        return tensors.map { tensor in
            tensor.telling {
                written.count += 1
                reporter.progress(written.count, of: tensors.count, .tensors)
            }
        }
    }

    private final class Counter { var count = 0 }

    /// Copies what makes a folder a model beside its weights: tokenizer, templates, ends of generation, and the terms
    /// that it comes under. What is not for everybody's eyes is refused, see `ModelFolder.publishable`.
    private func copyCompanions(to folder: String) throws {
        for name in try CompanionFiles.names(in: base.folder) {
            guard let data = try base.folder.publishable(name) else { continue }
            let target = URL(fileURLWithPath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try AtomicFile.write(data, to: target.path)
        }
    }

    /// The base's config.json with the type that the weights are stored in now: transformers loads them as that. Where
    /// head and embedding turned out to be two, or are from now on, it says so, for loaders that go by its word alone.
    private func writeConfiguration(to folder: String) throws {
        let configuration = "config.json"
        guard var object = try base.folder.requiredJSON(configuration).objectValue else {
            throw ModelFilesError(
                .malformed, "\(base.folder.path(of: configuration)) does not hold a JSON object.")
        }
        if !keepsTypes {
            let name = JSONValue.string(dtype.torchName)
            object = object.setting("dtype", to: name)
            if object["torch_dtype"] != nil { object = object.setting("torch_dtype", to: name) }
        }
        let own = JSONValue.object(self.configuration.statingTie(in: object))
        try write(labelled(own), "config.json", folder)
    }

    private func write(_ document: JSONValue, _ name: String, _ folder: String) throws {
        try AtomicFile.write(Data(JSONText.document(document).utf8), to: "\(folder)/\(name)")
    }
}

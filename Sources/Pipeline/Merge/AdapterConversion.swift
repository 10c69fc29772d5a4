import Adapters
import Common
import Foundation
import ModelFiles
import Publication
import Transformers

/// `lorad merge --format gguf-lora`: an adapter as llama.cpp loads it, beside its base instead of merged into it.
package struct AdapterConversion {
    /// What came of it.
    package struct Outcome: Encodable, Sendable {
        package let output: String
        package let format: String
        /// What llama.cpp is given as `--lora`.
        package let model: String
        /// Of the base that it fits.
        package let baseSHA256: String
        /// Whether the adapter's file records the base it was made for; PEFT's own files do not.
        package let adapterRecordsBase: Bool
        package let modules: Int

        enum CodingKeys: String, CodingKey {
            case output, format, model, modules
            case baseSHA256 = "base_sha256"
            case adapterRecordsBase = "adapter_records_base"
        }
    }

    private let base: String
    private let adapter: String
    private let hashCache: HashCache
    private let reporter: JobReporter

    /// A conversion of the adapter in a folder, made for a base; `reporter` is told how far it is.
    package init(base: String, adapter: String, hashCache: HashCache, reporter: JobReporter = .silent) {
        self.base = base
        self.adapter = adapter
        self.hashCache = hashCache
        self.reporter = reporter
    }

    /// Writes beside `output`, reads back, and renames into place.
    ///
    /// - Throws: `PipelineError.rejected` where `output` exists; `AdaptersError.mismatch` for an adapter of another base;
    ///   as reading and writing the files. In every case `output` is not there.
    package func run(to output: String) throws -> Outcome {
        try PipelineError.requireNothing(at: output)
        let files = try BaseModelFiles(path: base)
        let hash = try HashProgress.ofBase(files, at: base, cache: hashCache, reporter)
        guard try Adapter.task(folder: adapter) == .causalLanguage else {
            throw PipelineError(
                .rejected, "The adapter in \(adapter) has a classification head, for which a GGUF has no place.")
        }
        let model = try LanguageModel.load(files, dtype: .float32)
        let loaded = try Adapter.load(folder: adapter, into: model, on: AdapterPlace(files, hash))
        try loaded.checkMeaningful()
        return try Staged.folder(output) { staging in
            let path = "\(staging)/\(GGUFAdapterFile.fileName)"
            let name = URL(fileURLWithPath: adapter).standardizedFileURL.lastPathComponent
            try GGUFAdapterFile.write(loaded, configuration: files.configuration, name: name, to: path)
            try GGUFAdapterFile.check(path, holds: loaded, configuration: files.configuration)
            try files.confirm()
            return Outcome(
                output: output, format: "gguf-lora", model: "\(output)/\(GGUFAdapterFile.fileName)",
                baseSHA256: hash.sha256, adapterRecordsBase: try Adapter.recordedBase(folder: adapter) != nil,
                modules: loaded.modules.count)
        }
    }
}

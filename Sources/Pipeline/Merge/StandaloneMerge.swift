import Adapters
import Common
import Foundation
import ModelFiles
import Publication
import Reports
import Tokenizers
import Transformers

/// `lorad merge`: an adapter merged into its base outside of any job, written, read back and proven before it appears.
package struct StandaloneMerge {
    /// What came of it.
    package struct Outcome: Encodable, Sendable {
        package let output: String
        package let format: String
        package let dtype: String
        /// What a loader is given to open the model.
        package let model: String
        package let bytes: Int
        /// Of the base that was merged into.
        package let baseSHA256: String
        /// Whether the adapter's file records the base it was made for; PEFT's own files do not.
        package let adapterRecordsBase: Bool
        package let parity: ParityReport

        enum CodingKeys: String, CodingKey {
            case output, format, dtype, model, bytes, parity
            case baseSHA256 = "base_sha256"
            case adapterRecordsBase = "adapter_records_base"
        }
    }

    private let basePath: String
    private let adapterFolder: String
    private let format: MergedFormat
    private let dtype: FileDType
    private let hashCache: HashCache
    private let shouldStop: () -> Bool
    private let reporter: JobReporter

    /// - Parameters:
    ///   - dtype: F32 or BF16.
    ///   - hashCache: remembers the base's hash.
    ///   - shouldStop: asked while the model is proven; true ends the merge with nothing written.
    ///   - reporter: told how far it is.
    package init(
        base: String, adapter: String, format: MergedFormat, dtype: FileDType, hashCache: HashCache,
        shouldStop: @escaping () -> Bool = { false }, reporter: JobReporter = .silent
    ) {
        basePath = base
        adapterFolder = adapter
        self.format = format
        self.dtype = dtype
        self.hashCache = hashCache
        self.shouldStop = shouldStop
        self.reporter = reporter
    }

    /// Writes beside `output`, compares what was written with base and adapter, and renames it into place.
    ///
    /// - Throws: `PipelineError.rejected` where `output` exists, `.failed` where the written model does not answer as
    ///   base and adapter do, `.interrupted`; `AdaptersError.mismatch` for an adapter of another base; as reading and
    ///   writing the files. In every case `output` is not there.
    package func run(to output: String) throws -> Outcome {
        try PipelineError.requireNothing(at: output)
        let files = try BaseModelFiles(path: basePath)
        let hash = try HashProgress.ofBase(files, at: basePath, cache: hashCache, reporter)
        let tokenizer = try TokenizerLoader.load(files)
        return try Staged.folder(output) { staging in
            let task = try ModelTask.of(adapter: adapterFolder, base: files.configuration)
            guard task == .language || format == .safetensors else {
                throw PipelineError(
                    .rejected, "A GGUF has no place for a classification head.",
                    advice: "Merge with --format safetensors.")
            }
            let model = try LanguageModel.load(files, dtype: .float32, task: task.head(seed: 0))
            let adapter = try Adapter.load(folder: adapterFolder, into: model, on: AdapterPlace(files, hash))
            try adapter.requireMergeable()
            try adapter.checkMeaningful()
            let proof = MergeProof(
                files: files, tokenizer: tokenizer, task: task, dtype: dtype, scratchFolder: staging,
                shouldStop: shouldStop, reporter: reporter)
            let parity = try proof.run(
                consume model, adapter, writing: .export(format, folder: staging),
                MergedExport(adapter, base: files, dtype: dtype, task: task, reporter: reporter))
            if shouldStop() { throw PipelineError(.interrupted, "The merge was stopped.") }
            try files.confirm()
            return Outcome(
                output: output, format: format.rawValue, dtype: parity.dtype, model: format.modelPath(in: output),
                bytes: try Self.bytes(staging), baseSHA256: hash.sha256,
                adapterRecordsBase: try Adapter.recordedBase(folder: adapterFolder) != nil, parity: parity)
        }
    }

    private static func bytes(_ folder: String) throws -> Int {
        try PublishedFiles(in: folder).files.reduce(0) { total, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return total + (attributes[.size] as? Int ?? 0)
        }
    }
}

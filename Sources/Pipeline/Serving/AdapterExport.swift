import Adapters
import Common
import Foundation
import ModelFiles
import Publication
import Reports

/// `lorad export`: an adapter in the form that a server loads, written, read back and proven before it appears.
package struct AdapterExport {
    private let name: String
    private let base: String
    private let adapter: String
    private let target: ExportTarget
    private let options: ExportOptions
    private let hashCache: HashCache
    private let shouldStop: () -> Bool
    private let reporter: JobReporter

    /// - Parameters:
    ///   - name: what servers are to call the adapter.
    ///   - adapter: its folder.
    ///   - hashCache: remembers the base's hash.
    ///   - shouldStop: asked while a model is proven; true ends the export with nothing written.
    ///   - reporter: told how far it is.
    package init(
        name: String, base: String, adapter: String, to target: ExportTarget, options: ExportOptions = ExportOptions(),
        hashCache: HashCache, shouldStop: @escaping () -> Bool = { false }, reporter: JobReporter = .silent
    ) {
        self.name = name
        self.base = base
        self.adapter = adapter
        self.target = target
        self.options = options
        self.hashCache = hashCache
        self.shouldStop = shouldStop
        self.reporter = reporter
    }

    /// Writes beside `output`, reads back, and renames into place.
    ///
    /// - Throws: `PipelineError.rejected` where `output` exists or the form cannot hold the adapter, `.failed` where what
    ///   was written is not what it should be, `.interrupted`; `AdaptersError.mismatch` for an adapter of another base,
    ///   `.unsupported`; as reading and writing the files. In every case `output` is not there.
    package func run(to output: String) throws -> ExportOutcome {
        try PipelineError.requireNothing(at: output)
        try ExportTargets.check(options, for: target)
        let files = try BaseModelFiles(path: base)
        let task = try ModelTask.of(adapter: adapter, base: files.configuration)
        let hash = try HashProgress.ofBase(files, at: base, cache: hashCache, reporter)
        let subject = ExportSubject(
            name: name, files: files, place: AdapterPlace(files, hash), adapterFolder: adapter, task: task,
            options: options, output: URL(fileURLWithPath: output).standardizedFileURL.path, shouldStop: shouldStop,
            reporter: reporter)
        return try Staged.folder(output) { staging in
            let exported = try target.write(subject, staging)
            if shouldStop() { throw PipelineError(.interrupted, "The export was stopped.") }
            try files.confirm()
            return try ExportOutcome(exported, of: subject, to: target, in: staging, output: output)
        }
    }
}

/// What came of an export.
package struct ExportOutcome: Encodable, Sendable {
    package struct File: Encodable, Sendable, Equatable {
        /// A path from the export's folder.
        package let name: String
        package let bytes: Int
        package let sha256: String
    }

    package let name: String
    package let to: String
    package let output: String
    /// What is given to the server.
    package let model: String
    package let files: [File]
    package let dtype: String?
    /// Of a GGUF: how many tensors are stored in each type.
    package let tensors: [String: Int]?
    package let modules: Int?
    /// The value that vLLM's `--max-lora-rank` must have at least.
    package let maximumRank: Int?
    /// Of the base that it is for.
    package let baseSHA256: String
    /// Whether the adapter's file records the base it was made for; PEFT's own files do not.
    package let adapterRecordsBase: Bool
    /// Of merged safetensors.
    package let parity: ParityReport?
    /// Of a merged GGUF.
    package let loss: ExportLoss?
    /// Lines for a shell, which hand the export to its server.
    package let commands: [String]
    package let notes: [String]

    enum CodingKeys: String, CodingKey {
        case name, to, output, model, files, dtype, tensors, modules, parity, loss, commands, notes
        case maximumRank = "max_lora_rank"
        case baseSHA256 = "base_sha256"
        case adapterRecordsBase = "adapter_records_base"
    }

    init(
        _ exported: Exported, of subject: ExportSubject, to target: ExportTarget, in staging: String, output: String
    ) throws {
        name = subject.name
        to = target.name
        self.output = output
        model = exported.model.isEmpty ? output : "\(output)/\(exported.model)"
        files = try PublishedFiles(in: staging).files.map { name in
            let path = "\(staging)/\(name)"
            let size = FileSystem.status(path).map { Int($0.st_size) } ?? 0
            return File(name: name, bytes: size, sha256: try ContentHash.ofFile(path))
        }
        dtype = exported.dtype
        tensors = exported.tensors
        modules = exported.modules
        maximumRank = exported.maximumRank
        baseSHA256 = subject.place.identity.baseSHA256
        adapterRecordsBase = try Adapter.recordedBase(folder: subject.adapterFolder) != nil
        parity = exported.parity
        loss = exported.loss
        commands = exported.commands
        notes = exported.notes
    }
}

import Adapters
import Common
import Foundation
import ModelFiles
import Publication
import Transformers

/// `lorad registry import`: an adapter from elsewhere, copied byte for byte into a run's folder of the outbox. It is loaded on
/// its base before the folder appears; what its merged weights answer is proven afterwards (`RunVerification`).
package struct AdapterImport {
    private let source: String
    private let base: String
    private let name: String
    private let user: String
    private let hashCache: HashCache
    private let reporter: JobReporter

    /// - Parameters:
    ///   - source: the adapter's folder, as PEFT or lorad writes one.
    ///   - name: what it is to be a version of.
    ///   - user: who imports it.
    package init(
        _ source: String, base: String, name: String, user: String, hashCache: HashCache,
        reporter: JobReporter = .silent
    ) {
        self.source = source
        self.base = base
        self.name = name
        self.user = user
        self.hashCache = hashCache
        self.reporter = reporter
    }

    /// Publishes it; `latest` stays where it is. Returns the folder.
    ///
    /// - Throws: `AdaptersError` where it is no adapter, or not for this base; `PublicationError` where the name cannot be a
    ///   folder's or the outbox cannot be written; as reading the files. In every case nothing is published.
    package func run(into outbox: String, now: Date = Date()) throws -> String {
        guard FileSystem.isFolder(source) else {
            throw PipelineError(
                .missing, "There is no folder \(source).",
                advice: "Name the folder that holds \(Adapter.fileNames.joined(separator: " and ")).")
        }
        let files = try BaseModelFiles(path: base)
        let hash = try HashProgress.ofBase(files, at: base, cache: hashCache, reporter)
        let record = ImportRecord(
            name: name, source: URL(fileURLWithPath: source).standardizedFileURL.path, importedAt: now,
            importedBy: user, method: try Adapter.method(folder: source).title,
            base: .init(
                path: URL(fileURLWithPath: base).standardizedFileURL.path, sha256: hash.sha256,
                tokenizerSHA256: hash.tokenizerSHA256, vocabularySize: files.configuration.vocabularySize),
            adapterRecordsBase: try Adapter.recordedBase(folder: source) != nil)
        let document = try record.encoded()
        let staging = try RunStaging.begin(
            outbox: outbox, name: name, run: RunIdentifier(startedAt: now, manifest: document))
        do {
            for file in Adapter.fileNames { try ExactCopy.write("\(source)/\(file)", to: "\(staging.folder)/\(file)") }
            try AtomicFile.write(document, to: "\(staging.folder)/\(ImportRecord.fileName)")
            let task = try ModelTask.of(adapter: staging.folder, base: files.configuration)
            let model = try LanguageModel.load(files, dtype: .float32, task: task.head(seed: 0))
            try Adapter.load(folder: staging.folder, into: model, on: AdapterPlace(files, hash)).checkMeaningful()
            try files.confirm()
            return try staging.publish(.succeeded, movesLatest: false).folder
        } catch {
            staging.discard()
            throw error
        }
    }
}

extension ImportRecord {
    /// For what needs a report, which an import has not.
    ///
    /// - Throws: `PipelineError.rejected`.
    static func requireNone(in folder: String, advice: String) throws {
        guard let record = read(folder) else { return }
        throw PipelineError(
            .rejected, "\(folder) was imported from \(record.source): it has neither settings nor scores.",
            advice: advice)
    }
}

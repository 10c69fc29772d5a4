import Foundation
import Manifests
import ModelFiles
import Reports
import Transformers

/// Whether a manifest asks for what a published run already is.
package enum RunComparison {
    /// What differs, in words; nil where settings, base, tokenizer and the content of every file of rows are the same.
    ///
    /// The name, the stamp, the hooks and the places of files do not count, their contents do. A run that can no longer be read
    /// differs. Throws where a file that the manifest names cannot be read.
    ///
    /// - Parameters:
    ///   - run: the folder of a run that succeeded.
    ///   - policy: which files may be read.
    ///   - cache: hashes that are remembered.
    package static func difference(
        between manifest: JobManifest, andRun run: String, policy: PathPolicy, cache: HashCache?
    ) throws -> String? {
        guard let before = try? JobManifest.load(path: run + "/manifest.yaml", pipelinesFolder: run),
            let data = FileManager.default.contents(atPath: run + "/report.json"),
            let report = try? ReportCoding.decode(data)
        else { return "the last run, \(run), can no longer be read" }
        if before.base.sha256 != manifest.base.sha256 { return "the base changed" }
        let modelType = report.provenance.base.modelType
        if try placeless(before, modelType) != placeless(manifest, modelType) { return "the settings changed" }
        let rule = ReadingRule(policy)
        for (role, paths) in files(of: manifest) {
            let hashes = try paths.map { try ContentHash.ofFile($0, cache: cache, rule: rule) }
            let were = report.provenance.datasets.filter { $0.role == role }.map(\.sha256)
            if hashes != were { return "the \(role.rawValue) data changed" }
        }
        if let file = manifest.dataset.chatTemplateFile, let was = report.provenance.chatTemplate?.sha256,
            try ContentHash.ofFile(file, cache: cache, rule: rule) != was
        {
            return "the chat template changed"
        }
        let trained = report.provenance.datasets.filter { $0.role == .train }
        for (source, was) in zip(manifest.dataset.train.sources, trained) {
            guard let file = source.chatTemplateFile, let was = was.chatTemplate?.sha256 else { continue }
            if try ContentHash.ofFile(file, cache: cache, rule: rule) != was { return "the chat template changed" }
        }
        if let file = manifest.dataset.tools,
            try ContentHash.ofFile(file, cache: cache, rule: rule) != report.provenance.tools?.sha256
        {
            return "the tools changed"
        }
        let base = try ContentHash.ofBase(BaseModelFiles(path: manifest.base.path, rule: rule), cache: cache)
        // A pin that does not hold is for the job to refuse.
        if let pin = manifest.base.tokenizerSHA256, pin != base.tokenizerSHA256 { return "the tokenizer's pin changed" }
        switch report.provenance.base.tokenizerSHA256 {
        case base.tokenizerSHA256: return nil
        case base.tokenizerSHA256Version1:
            return "the last run recorded version 1 of the tokenizer's hash, which says nothing of templates and ends"
        default: return "the tokenizer changed"
        }
    }

    private static func files(of manifest: JobManifest) -> [(DatasetProvenance.Role, [String])] {
        func some(_ path: String?) -> [String] { [path].compactMap(\.self) }
        return [
            (.train, manifest.dataset.train.paths), (.validation, some(manifest.dataset.validation)),
            (.evaluation, some(manifest.evaluation.data)), (.regression, some(manifest.regression.prompts)),
        ]
    }

    /// Without what does not change the adapter, and with a mark where a file is.
    private static func placeless(_ manifest: JobManifest, _ modelType: String) throws -> JobManifest {
        var manifest = try manifest.onThisMachine(resuming: nil).completed(modelType: modelType)
        manifest.name = ""
        manifest.notify = nil
        manifest.priority = 0
        manifest.promote = nil
        manifest.stamp = nil
        manifest.base.path = ""
        manifest.base.tokenizerSHA256 = nil
        manifest.dataset.train = manifest.dataset.train.placeless
        // A parent that moved on is no news of the job's own: every night's would be.
        manifest.adapter.initFrom = manifest.adapter.initFrom.map { _ in "" }
        manifest.dataset.validation = manifest.dataset.validation.map { _ in "" }
        manifest.evaluation.data = manifest.evaluation.data.map { _ in "" }
        manifest.regression.prompts = manifest.regression.prompts.map { _ in "" }
        manifest.dataset.tools = manifest.dataset.tools.map { _ in "" }
        if manifest.dataset.chatTemplateFile != nil { manifest.dataset.chatTemplate = "./" }
        return manifest
    }
}

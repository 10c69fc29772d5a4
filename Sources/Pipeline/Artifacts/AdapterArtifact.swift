import Adapters
import Foundation
import Manifests
import ModelFiles
import Publication
import Reports
import Transformers

/// A trained adapter in the files of PEFT, proven by merging it: merged weights answer as base and adapter do. Of one that
/// cannot be merged, base and adapter alone are asked.
package final class AdapterArtifact: TrainedArtifact {
    package static let subject = "adapter_model.safetensors"

    /// The base, with the adapter attached.
    let model: JobModel
    /// As trained, and from `readBack` on as its files say.
    private(set) var adapter: Adapter
    private let job: PreparedJob
    private let environment: JobEnvironment

    /// - Parameter adapter: attached to the job's model, and trained.
    init(_ adapter: Adapter, of job: PreparedJob, _ environment: JobEnvironment) {
        self.adapter = adapter
        self.job = job
        self.environment = environment
        model = job.model
    }

    package static func files(in folder: String) -> [String] { [subject, "adapter_config.json", "config.json"] }

    package static func card(of report: RunReport) -> String { ModelCard.render(report) }

    /// - Throws: `AdaptersError` where the adapter changes nothing, or holds a number that is not finite; what writing
    ///   files throws.
    package func write(to folder: String, _ report: inout RunReport) throws {
        try adapter.checkMeaningful()
        try adapter.save(
            folder: folder, identity: identity, baseModel: baseModel, labels: job.data.task.names)
        report.analysis = try adapter.spectra(base: job.base.files) { [reporter = environment.reporter] in
            reporter.progress($0, of: $1, .modules)
        }.map {
            ModuleAnalysis(
                module: $0.module, singularValues: $0.singularValues, relativeFrobeniusNorm: $0.relativeNorm)
        }
    }

    package func readBack(from folder: String) throws {
        adapter.detach()
        try load(folder)
    }

    /// Puts another adapter in the place of this one while `body` runs.
    ///
    /// - Parameter folder: where this one was written.
    /// - Throws: as reading both; what `body` throws.
    func with<Result>(
        _ other: ComparedAdapter, published folder: String, _ body: (LanguageModel) throws -> Result
    ) throws -> Result {
        try other.confirm()
        adapter.detach()
        adapter = try model.use { try Adapter.load(folder: other.folder, into: $0, expecting: identity) }
        let result = try model.use(body)
        try readBack(from: folder)
        return result
    }

    package func verify(in folder: String, _ report: inout RunReport) throws -> [ArtifactCheck] {
        if let obstacle = adapter.configuration.method.mergeObstacle {
            return try verifyUnmerged(folder, obstacle, &report)
        }
        let parity = try parity(in: folder)
        report.parity = parity
        let expectations = expectations(missed: parity.prompts.filter { $0.expectation?.passed == false }.map(\.id))
        let differs = !parity.passed && expectations.passed
        return [
            expectations,
            ArtifactCheck("parity", reason: differs ? "The merged weights do not behave as the adapter does." : nil),
        ]
    }

    private func verifyUnmerged(
        _ folder: String, _ obstacle: String, _ report: inout RunReport
    ) throws -> [ArtifactCheck] {
        let proof = try proof(in: folder)
        let (unmerged, _) = try proof.unmerged(model.give(), adapter, reason: obstacle)
        report.unmerged = unmerged
        let expectations = expectations(missed: unmerged.prompts.filter { $0.expectation?.passed == false }.map(\.id))
        let isZero = !unmerged.passed && expectations.passed
        return [
            expectations,
            ArtifactCheck("update", reason: isZero ? "With the adapter the base answers as without it." : nil),
        ]
    }

    /// What PEFT's Auto classes open: the base's id on the Hub, or where it lies from any folder.
    private var baseModel: String { job.manifest.base.hubID ?? job.base.location ?? job.manifest.base.path }

    private var identity: BaseIdentity { BaseIdentity(job.base.hash) }

    private func load(_ folder: String) throws {
        adapter = try model.use { try Adapter.load(folder: folder, into: $0, expecting: identity) }
    }

    private func parity(in folder: String) throws -> ParityReport {
        let (base, data) = (job.base, job.data)
        let overlay = environment.workFolder + "/merged.safetensors"
        defer { try? FileManager.default.removeItem(atPath: overlay) }
        let merged = try mergedModel(folder, overlay: overlay)
        let proof = try proof(in: folder)
        return try proof.run(model.give(), adapter) {
            try merged.write(
                MergedExport(
                    adapter, base: base.files, dtype: proof.dtype, task: data.task, reporter: environment.reporter))
            return try merged.open(base: base.files, tokenizer: base.tokenizer, prompts: data.prompts)
        }
    }

    /// What asks the model, which is now one of float32 with the adapter as its files say.
    private func proof(in folder: String) throws -> ParityProof {
        let (manifest, base, data) = (job.manifest, job.base, job.data)
        // Two roundings of the same weights are compared here, so the arithmetic must not add a third.
        if manifest.dtype != .float32 {
            try model.replace {
                let seed = UInt64(bitPattern: Int64(manifest.training.seed))
                return try LanguageModel.load(base.files, dtype: .float32, task: data.task.head(seed: seed))
            }
            try load(folder)
        }
        return ParityProof(job, environment)
    }

    /// Where merged weights are to be published, parity is measured on the very files that are.
    private func mergedModel(_ folder: String, overlay: String) throws -> MergedModel {
        guard let format = MergedFormat(rawValue: job.manifest.merge.export.rawValue) else {
            return .overlay(path: overlay)
        }
        let folder = "\(folder)/\(MergedFormat.runFolder)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return .export(format, folder: folder)
    }
}

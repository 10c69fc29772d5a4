import Adapters
import Common
import Evaluation
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
    private let scores: JobScores
    private let environment: JobEnvironment

    /// - Parameters:
    ///   - adapter: attached to the job's model, and trained.
    ///   - scores: knows what other models answered, and takes it where it does not.
    init(_ adapter: Adapter, of job: PreparedJob, _ scores: JobScores, _ environment: JobEnvironment) {
        self.adapter = adapter
        self.job = job
        self.scores = scores
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
        report.analysis = try analysis(job.base.files, environment.reporter)
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
        adapter = try model.use { [job] in
            try Adapter.load(folder: other.folder, into: $0, on: AdapterPlace(job.base.files, job.base.hash))
        }
        let result = try model.use(body)
        try readBack(from: folder)
        return result
    }

    package func verify(in folder: String, _ report: inout RunReport) throws -> [ArtifactCheck] {
        if let obstacle = adapter.configuration.method.mergeObstacle {
            return try verifyUnmerged(folder, obstacle, &report)
        }
        let proof = try proof(in: folder)
        let compared = try comparedTexts(proof, folder)
        var (parity, loss) = try parity(proof, in: folder)
        for index in parity.prompts.indices { parity.prompts[index].compared = compared[index].known }
        report.parity = parity
        report.requantisation = loss.flatMap { loss in
            job.manifest.merge.type.map { RequantisationReport(loss, type: $0.rawValue) }
        }
        return checks(of: parity, differing: "The merged weights do not behave as the adapter does.") + [
            ArtifactCheck("requantisation", reason: loss.flatMap(erasure))
        ]
    }

    /// Of a requantised model without a gate of its own: it must stand nearer to base and adapter than the base does.
    private func erasure(_ loss: ExportLoss) -> String? {
        guard job.manifest.merge.maxKL == nil, !(loss.meanKL < loss.adapterKL) else { return nil }
        return "Requantised, the model stands no nearer to base and adapter than the base alone: its distributions are "
            + "\(loss.meanKL) nats from theirs, the base's \(loss.adapterKL)."
    }

    private func verifyUnmerged(
        _ folder: String, _ obstacle: String, _ report: inout RunReport
    ) throws -> [ArtifactCheck] {
        let proof = try proof(in: folder)
        let compared = try comparedTexts(proof, folder)
        var (unmerged, _) = try proof.unmerged(model.give(), adapter, reason: obstacle)
        for index in unmerged.prompts.indices { unmerged.prompts[index].compared = compared[index].known }
        report.unmerged = unmerged
        let repetition = repetition(unmerged.repetition)
        let expectations = expectations(missed: unmerged.prompts.filter { $0.expectation?.passed == false }.map(\.id))
        let isZero = !unmerged.passed && expectations.passed && repetition.passed
        return [
            repetition, expectations,
            ArtifactCheck("update", reason: isZero ? "With the adapter the base answers as without it." : nil),
        ]
    }

    /// What PEFT's Auto classes open: the base's id on the Hub, or where it lies from any folder.
    private var baseModel: String { job.manifest.base.hubID ?? job.base.location ?? job.manifest.base.path }

    private var identity: BaseIdentity { BaseIdentity(job.base.hash) }

    private func load(_ folder: String) throws {
        adapter = try model.use { try Adapter.load(folder: folder, into: $0, expecting: identity) }
    }

    /// What the adapters that the run is held against answer to each prompt, as far as a prompt fits beside them.
    private func comparedTexts(_ proof: ParityProof, _ folder: String) throws -> [ComparedTexts] {
        var texts = [ComparedTexts](repeating: ComparedTexts(), count: proof.prompts.count)
        guard !job.compared.isEmpty else { return texts }
        let recorder = try proof.recorder()
        let digest = recorder.digest
        for other in job.compared {
            let known = try scores.answers(of: other, digest, count: texts.count)
            do {
                let answers =
                    try known
                    ?? with(other, published: folder) { model in
                        try recorder.answers(model) { [environment] in
                            environment.reporter.progress($0, of: texts.count, .answers)
                        }
                    }
                try scores.use(answers: answers, of: other, digest, isKnown: known != nil)
                for (index, answer) in answers.enumerated() {
                    for role in other.roles { texts[index].note(answer.text, of: role) }
                }
            } catch let fault as EvaluationError where fault.code == .mismatch {
                // Its virtual tokens may leave a prompt too few positions, which is no fault of this run's.
                environment.reporter.log(
                    "\(other.reference) is not asked: " + ErrorLines.of(fault).joined(separator: " "))
                try readBack(from: folder)
            }
        }
        return texts
    }

    private func parity(
        _ proof: ParityProof, in folder: String
    ) throws -> (parity: ParityReport, loss: ExportLoss?) {
        let (base, data) = (job.base, job.data)
        let overlay = environment.workFolder + "/merged.safetensors"
        defer { try? FileManager.default.removeItem(atPath: overlay) }
        let merged = try mergedModel(folder, overlay: overlay)
        func write(_ merged: MergedModel, _ dtype: FileDType) throws -> any WeightSource {
            try merged.write(
                MergedExport(adapter, base: base.files, dtype: dtype, task: data.task, reporter: environment.reporter))
            return try merged.open(base: base.files, tokenizer: base.tokenizer, prompts: data.prompts)
        }
        guard let blocks = job.manifest.merge.type.flatMap({ FileDType(rawValue: $0.rawValue) }) else {
            return (try proof.run(model.give(), adapter) { try write(merged, proof.dtype) }, nil)
        }
        let found = try proof.run(model.give(), adapter, merged: { try write(merged, proof.dtype) }) {
            try? FileManager.default.removeItem(atPath: overlay)
            return try write(.export(.gguf, folder: try self.exportFolder(folder)), blocks)
        }
        if let loss = found.loss {
            environment.reporter.log(
                "requantised to \(blocks.rawValue): distributions are \(FigureFormat.significant(loss.meanKL)) nats from "
                    + "those of base and adapter, the base's \(FigureFormat.significant(loss.adapterKL))")
        }
        return found
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
        return ParityProof(job, environment, scores)
    }

    /// Where merged weights are to be published, parity is measured on the very files that are; but not on requantised
    /// ones, for which it could not hold.
    private func mergedModel(_ folder: String, overlay: String) throws -> MergedModel {
        guard job.manifest.merge.type == nil,
            let format = MergedFormat(rawValue: job.manifest.merge.export.rawValue)
        else { return .overlay(path: overlay) }
        return .export(format, folder: try exportFolder(folder))
    }

    /// The folder of a run's merged weights, made.
    private func exportFolder(_ folder: String) throws -> String {
        let folder = "\(folder)/\(MergedFormat.runFolder)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}

extension RequantisationReport {
    init(_ loss: ExportLoss, type: String) {
        self.init(
            type: type, meanKL: loss.meanKL, adapterKL: loss.adapterKL, effectKept: loss.effectKept,
            top1Agreement: loss.top1Agreement, identicalText: loss.identicalText)
    }
}

extension ComparedTexts {
    /// Notes what an adapter answered that is this to the run.
    fileprivate mutating func note(_ text: String, of role: GateReference) {
        switch role {
        case .base: break
        case .parent: parent = text
        case .champion: champion = text
        case .previous: previous = text
        }
    }
}

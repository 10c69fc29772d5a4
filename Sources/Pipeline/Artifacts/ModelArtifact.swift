import Adapters
import Common
import Evaluation
import Foundation
import ModelFiles
import Publication
import Reports
import Transformers

/// A model that was trained whole, in a Hugging Face folder of its own: what is read back from there answers as the model
/// did in memory.
package final class ModelArtifact: TrainedArtifact {
    let model: JobModel
    let adapter: Adapter
    private let job: PreparedJob
    private let scores: JobScores
    private let environment: JobEnvironment
    /// What the model in memory answered, before its files took its place.
    private var asked: (recorder: any ModelRecorder, reference: ParityReference, repetition: Repetition)?

    /// - Parameter adapter: the job's, trained.
    init(_ adapter: Adapter, of job: PreparedJob, _ scores: JobScores, _ environment: JobEnvironment) {
        self.adapter = adapter
        self.job = job
        self.scores = scores
        self.environment = environment
        model = job.model
    }

    /// The weights, or the list of their files where there are several.
    package static func files(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place(in: folder))) ?? []
        let weights = names.filter { $0.hasSuffix(".safetensors") }.sorted()
        let list = weights.count > 1 ? [ShardedSafetensors.indexName] : []
        return (list + weights + ["config.json"]).map { "\(Adapter.modelFolder)/\($0)" }
    }

    /// Where a run holds its model.
    static func place(in folder: String) -> String { "\(folder)/\(Adapter.modelFolder)" }

    package static func card(of report: RunReport) -> String { ModelCard.render(report) }

    /// - Throws: `AdaptersError` where nothing has moved, or a number is not finite; what writing files throws.
    package func write(to folder: String, _ report: inout RunReport) throws {
        try adapter.checkMeaningful()
        let place = Self.place(in: folder)
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let base = job.base.files
        try MergedExport(
            adapter, base: base, dtype: job.manifest.merge.dtype == .bfloat16 ? .bf16 : .f32, task: job.data.task,
            reporter: environment.reporter
        ).write(.safetensors, to: place)
        report.analysis = try analysis(base, environment.reporter)
    }

    package func readBack(from folder: String) throws {
        let proof = ParityProof(job, environment, scores)
        let recorder = try proof.recorder()
        asked = try model.use { model in
            let reference = try recorder.reference(model) { proof.progress($0, proof.prompts.count) }
            return (recorder, reference, try recorder.repetition(model, of: reference))
        }
        try adapter.readBack(BaseModelFiles(path: Self.place(in: folder)), base: job.base.files)
    }

    func with<Result>(
        _ other: ComparedAdapter, published folder: String, _ body: (LanguageModel) throws -> Result
    ) throws -> Result {
        preconditionFailure("a manifest of a model names no adapter to hold it against")
    }

    package func verify(in folder: String, _ report: inout RunReport) throws -> [ArtifactCheck] {
        let parity = try parity(in: folder)
        report.parity = parity
        return checks(of: parity, differing: "The published model does not answer as it did in memory.")
    }

    /// Base, and the model as others load it, against the model as it was in memory.
    private func parity(in folder: String) throws -> ParityReport {
        guard let (recorder, reference, repetition) = asked else {
            preconditionFailure("a model is read back before it is verified")
        }
        let proof = ParityProof(job, environment, scores)
        let (base, count) = (job.base, proof.prompts.count)
        adapter.setEnabled(false)
        let answered = try model.use {
            try proof.measureBase($0, recorder, reference) { proof.progress($0, 2 * count) }
        }
        _ = model.give()
        let files = try MergedModel.export(.safetensors, folder: Self.place(in: folder)).open(
            base: base.files, tokenizer: base.tokenizer, prompts: job.data.prompts)
        let published = try LanguageModel.load(files, dtype: .float32, task: proof.task.head(seed: proof.seed))
        let measured = try recorder.measure(published, against: reference, answers: nil) {
            proof.progress(count + $0, 2 * count)
        }
        return proof.report(reference, base: answered, merged: measured, repetition)
    }
}

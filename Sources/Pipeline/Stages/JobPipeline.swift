import Adapters
import Evaluation
import Foundation
import Manifests
import ModelFiles
import Tensors
import Training
import Transformers

/// One job from a checked manifest to a published run.
package struct JobPipeline {
    private let document: ManifestDocument
    /// The document's, with `auto` replaced by what this machine makes of it, and once the base is known, what its type
    /// has by default.
    private var manifest: JobManifest
    private let environment: JobEnvironment
    private let startedAt = Date()
    /// What computed the checkpoint that the job goes on from, where there is one.
    private let origin: CheckpointOrigin?

    package init(_ document: ManifestDocument, environment: JobEnvironment) {
        self.document = document
        self.environment = environment
        origin = CheckpointOrigin.read(environment.checkpoint)
        manifest = document.manifest.onThisMachine(resuming: origin)
    }

    private var dtype: DType { manifest.training.dtype == .bfloat16 ? .bfloat16 : .float32 }

    /// Runs every stage and publishes what came of it: a succeeded run, or a failed one, whose adapter no loader finds.
    ///
    /// - Throws: `PipelineError.rejected` where the job is refused before any work, `.interrupted` where it was asked to
    ///   stop; what reading files throws.
    package func run() throws -> JobResult {
        if let journal = environment.journal, let published = try PublicationJournal.publishedRun(journal) {
            environment.events.log("an earlier attempt had published \(published.runFolder) when it was cut off")
            return published
        }
        if let difference = origin?.takeVariant() { environment.events.log(difference) }
        let base = try stage(.base, detail: { $0.hash.sha256 }) {
            try Refusal.ofBadInput { try VerifiedBase(document, hashCache: environment.hashCache) }
        }
        var pipeline = self
        pipeline.manifest = try Refusal.ofBadInput { try manifest.completed(modelType: base.hash.modelType) }
        // What the run's identifier is taken of: adapters of other tokenizers are of other recipes.
        pipeline.manifest.base.tokenizerSHA256 = base.hash.tokenizerSHA256
        return try pipeline.run(on: base)
    }

    private func run(on base: VerifiedBase) throws -> JobResult {
        let data = try stage(.data, detail: { "\($0.rows.train) rows to train on" }) {
            try Refusal.ofBadInput { try PreparedData(manifest, base: base) }
        }
        try Refusal.ofUnknownSlices(document, data.evaluation)
        try Refusal.ofUnmeasurable(document, data.task)
        log(data)
        let loaded = JobModel(try Refusal.ofBadInput { try load(base, data, dtype: dtype) })
        try loaded.use { try Refusal.ofUnknownTargets(document, manifest.adapter.targets ?? [], $0) }
        let manifestData = Data(manifest.yaml().utf8)
        let staging = try RunStaging.begin(
            outbox: environment.outbox, name: manifest.name,
            run: RunIdentifier(startedAt: startedAt, manifest: manifestData), attempt: environment.attempt)
        do {
            let report = try produce(loaded, base, data, staging)
            return try stage(.publish, detail: { $0.runFolder }) {
                try staging.writeDocuments(report, manifest: manifestData)
                let published = try staging.publish(report.status, journal: environment.journal) {
                    if $0 == .rename { try environment.requirePermission() }
                }
                try? FileManager.default.removeItem(atPath: checkpoint)
                return JobResult(status: report.status, runFolder: published.folder, report: report)
            }
        } catch {
            staging.discard()
            throw isInterruption(error) ? PipelineError(.interrupted, error.localizedDescription) : error
        }
    }

    /// The base, with a head where the data's task has one.
    private func load(_ base: VerifiedBase, _ data: PreparedData, dtype: DType) throws -> LanguageModel {
        try LanguageModel.load(base.files, dtype: dtype, task: data.task.head(seed: seed))
    }

    private var seed: UInt64 { UInt64(bitPattern: Int64(manifest.training.seed)) }

    private var checkpoint: String { environment.checkpoint }

    /// Everything between the data and the publication; a run that fails on the way has a report that says so.
    private func produce(
        _ loaded: JobModel, _ base: VerifiedBase, _ data: PreparedData, _ staging: RunStaging
    ) throws -> RunReport {
        var report = RunReport(
            status: .failed,
            provenance: ReportAssembly.provenance(
                manifest, base: base, data: data, run: staging.run, attempt: environment.attempt, startedAt: startedAt,
                training: nil))
        do {
            try fill(&report, loaded, base, data, staging)
        } catch let error as TrainingError where error.code == .notFinite {
            report.reason = error.message
        } catch let error as AdaptersError where error.code == .notFinite || error.code == .zeroUpdate {
            report.reason = error.message
        } catch let error as EvaluationError where error.code == .notFinite {
            report.reason = error.message
        }
        report.provenance = ReportAssembly.provenance(
            manifest, base: base, data: data, run: staging.run, attempt: environment.attempt, startedAt: startedAt,
            training: report.training)
        return report
    }

    private func fill(
        _ report: inout RunReport, _ loaded: JobModel, _ base: VerifiedBase, _ data: PreparedData,
        _ staging: RunStaging
    ) throws {
        let identity = AdapterIdentity(base.hash)
        let trained = try loaded.use { try train($0, base, data, &report) }
        var adapter = try stage(.adapter, detail: { "\($0.parameterCount) parameters" }) { () throws -> LoRAAdapter in
            try trained.checkMeaningful()
            try trained.save(
                folder: staging.folder, identity: identity, baseModel: manifest.base.path, labels: data.task.names)
            report.analysis = ReportAssembly.analysis(try trained.spectra(base: base.files))
            trained.detach()
            return try loaded.use { try LoRAAdapter.load(folder: staging.folder, into: $0, expecting: identity) }
        }
        let evaluation = EvaluationStages(manifest: manifest, base: base, data: data, environment: environment)
        report.slices = try stage(.slices, detail: { "\($0.count) slices" }) {
            try loaded.use { try evaluation.slices($0, adapter) }
        }
        let overlay = environment.workFolder + "/merged.safetensors"
        defer { try? FileManager.default.removeItem(atPath: overlay) }
        let merged = try mergedArtifact(staging, overlay: overlay)
        report.parity = try stage(.parity, detail: { $0.passed ? "passed" : "failed" }) { () throws -> ParityReport in
            // Two roundings of the same weights are compared here, so the arithmetic must not add a third.
            if dtype != .float32 {
                try loaded.replace { try load(base, data, dtype: .float32) }
                adapter = try loaded.use {
                    try LoRAAdapter.load(folder: staging.folder, into: $0, expecting: identity)
                }
            }
            return try evaluation.parity(loaded.give(), adapter, merged: merged)
        }
        report.gates = GateJudge.judge(manifest.gates, slices: report.slices)
        report.training?.peakMemoryBytes = MachineInfo.peakResidentBytes
        if let training = report.training {
            environment.events.log(
                "memory: a peak of \(training.peakMemoryBytes >> 20) MiB was measured, "
                    + "\(training.predictedPeakMemoryBytes >> 20) MiB were predicted")
        }
        conclude(&report)
    }

    /// Where merged weights are to be published, parity is measured on the very files that are.
    private func mergedArtifact(_ staging: RunStaging, overlay: String) throws -> MergedArtifact {
        guard let format = MergedFormat(rawValue: manifest.merge.export.rawValue) else {
            return .overlay(path: overlay)
        }
        let folder = "\(staging.folder)/\(MergedFormat.runFolder)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return .export(format, folder: folder)
    }

    private func train(_ model: LanguageModel, _ base: VerifiedBase, _ data: PreparedData, _ report: inout RunReport)
        throws
        -> LoRAAdapter
    {
        let section = manifest.adapter
        let adapter = try LoRAAdapter.attach(
            LoRAConfiguration(
                rank: section.rank, alpha: Float(section.alpha), dropout: Float(section.dropout),
                targets: section.targets ?? []), to: model, seed: seed)
        if let head = model.classifier {
            let origin = head.isFresh ? "drawn from training.seed" : "the checkpoint's own"
            environment.events.log("classification head: \(head.outputs) outputs, \(origin), trained in full")
        }
        let plan = TrainingPlan.configuration(manifest, rows: data.examples.count)
        let trainer = Trainer(
            model: model, adapter: adapter, configuration: plan, examples: data.examples, validation: data.validation)
        let predicted = TrainingPlan.predictedPeakBytes(
            manifest, base.files.configuration, parameters: base.hash.parameters,
            tokens: TrainingPlan.largestMicroBatch(data.examples, plan))
        environment.events.log(
            "memory: a peak of \(predicted >> 20) MiB is predicted; weights in \(dtype.rawValue), "
                + "products in \(dtype.compute.rawValue) by kernels \(KernelVariant.chosen)")
        try ResourceCheck(manifest: manifest, limits: environment.limits).require(
            predictedPeak: predicted, adapter: adapter, base: base, environment: environment)
        model.activationCheckpointing = manifest.training.activationCheckpointing
        let result = try stage(.train, detail: { "\($0.losses.count) steps" }) { () throws -> TrainingResult in
            if FileManager.default.fileExists(atPath: checkpoint) {
                environment.events.log("training goes on from its checkpoint")
            }
            return try trainer.run(checkpoint: checkpoint, shouldStop: environment.shouldStop) { step in
                let rate = Double(step.tokens) / step.seconds
                environment.events.progress(
                    StageProgress(
                        stage: .train, done: step.step, total: step.totalSteps, loss: step.loss, tokensPerSecond: rate,
                        secondsLeft: step.averageSeconds * Double(step.totalSteps - step.step)))
            }
        }
        report.training = ReportAssembly.training(
            result, plan: plan, data: data, base: base, trainable: adapter.parameterCount, predictedPeak: predicted)
        return adapter
    }

    private func conclude(_ report: inout RunReport) {
        if let parity = report.parity, !parity.passed {
            let missed = parity.prompts.filter { $0.expectation?.passed == false }.map { "\"\($0.id)\"" }
            report.reason =
                missed.isEmpty
                ? "The merged weights do not behave as the adapter does."
                : "The adapter's text for \(missed.joined(separator: ", ")) is not what the regression prompts expect."
        } else if let gate = report.gates.first(where: { !$0.passed }) {
            let value = gate.value.map { String(format: "%.4f", $0) } ?? "nothing"
            report.reason = "The gate on \(gate.slice) \(gate.metric) was missed: \(value) was measured."
        } else {
            report.status = .succeeded
        }
    }

    private func stage<Result>(_ stage: Stage, detail: (Result) -> String?, _ body: () throws -> Result) throws
        -> Result
    {
        if environment.shouldStop() { throw PipelineError(.interrupted, "The job was stopped before stage \(stage).") }
        environment.events.stageStarted(stage, detail: nil)
        let result = try body()
        environment.events.stageEnded(stage, detail: detail(result))
        return result
    }

    private func log(_ data: PreparedData) {
        let rows = data.rows
        environment.events.log(
            "\(rows.train) training rows (\(rows.truncated) truncated, \(rows.dropped) dropped), "
                + "\(rows.validation) validation rows, \(data.contamination.dropped) left out because held-out data has them"
        )
        for note in data.notes + data.warnings { environment.events.log(note) }
        let sample = data.sample.spans.map { $0.trained ? "⟦\($0.text)⟧" : $0.text }.joined()
        environment.events.log("trained on what stands in ⟦ ⟧: \(sample.debugDescription)")
    }

    private func isInterruption(_ error: any Error) -> Bool {
        (error as? TrainingError)?.code == .interrupted || (error as? EvaluationError)?.code == .interrupted
            || (error as? PipelineError)?.code == .interrupted
    }
}

extension JobManifest {
    /// With the targets that a base of this type has by default, where the manifest names none.
    ///
    /// - Throws: `TransformersError.unsupported` for an unknown type.
    func completed(modelType: String) throws -> JobManifest {
        var manifest = self
        manifest.adapter.targets = try adapter.targets ?? ModelFamilies.named(modelType).defaultTargets
        return manifest
    }

    /// With `auto` replaced by what this machine makes of it, as a run's own manifest has it; by what the checkpoint's
    /// machine made of it where a job goes on.
    func onThisMachine(resuming origin: CheckpointOrigin?) -> JobManifest {
        var manifest = self
        if training.dtype == .auto {
            let dtype = origin?.dtype ?? MachineInfo.fasterDType
            manifest.training.dtype = dtype == .bfloat16 ? .bfloat16 : .float32
        }
        return manifest
    }
}

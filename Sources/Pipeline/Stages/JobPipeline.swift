import Adapters
import Common
import Evaluation
import ForeignText
import Foundation
import JobReports
import Manifests
import ModelFiles
import Tensors
import Training
import Transformers

/// One job from a checked manifest to a published run.
package struct JobPipeline {
    private let document: ManifestDocument
    private let environment: JobEnvironment
    private let startedAt = Date()
    /// What computed the checkpoint that the job goes on from, where there is one.
    private let origin: CheckpointOrigin?

    package init(_ document: ManifestDocument, environment: JobEnvironment) {
        self.document = document
        self.environment = environment
        origin = CheckpointOrigin.read(environment.checkpoint)
    }

    /// Runs every stage and publishes what came of it: a succeeded run, or a failed one, whose adapter no loader finds.
    ///
    /// - Throws: `PipelineError.rejected` with every mistake where the job is refused before any work, `.interrupted` where
    ///   it was asked to stop; what reading files throws.
    package func run() throws -> JobResult {
        if let journal = environment.journal, let published = try PublicationJournal.publishedRun(journal) {
            environment.reporter.log("an earlier attempt had published \(published.runFolder) when it was cut off")
            return published
        }
        try OutboxPlace.check(outbox: environment.outbox, name: document.manifest.name)
        if let difference = origin?.takeVariant() { environment.reporter.log(difference) }
        let job = try JobPreparation(document: document, environment: environment, origin: origin).run()
        environment.reporter.plan(JobWork(job))
        log(job)
        let manifestData = Data(job.manifest.yaml().utf8)
        let staging = try RunStaging.begin(
            outbox: environment.outbox, name: job.manifest.name,
            run: RunIdentifier(startedAt: startedAt, manifest: manifestData), attempt: environment.attempt)
        do {
            let report = try produce(job, staging)
            return try stage(.publish, detail: { $0.runFolder }) {
                try staging.writeDocuments(report, manifest: manifestData)
                let published = try staging.publish(
                    report.status, journal: environment.journal, note: environment.note(report)
                ) { step in
                    environment.reporter.progress(step.number, of: PublicationStep.allCases.count, .steps)
                    switch step {
                    // The last that is wanted of the base, and before the name's lock is held: it may read all of it.
                    case .quarantine: try job.base.confirm()
                    case .rename: try environment.requirePermission()
                    default: break
                    }
                }
                try? FileManager.default.removeItem(atPath: checkpoint)
                return JobResult(status: report.status, runFolder: published.folder, report: report)
            }
        } catch {
            staging.discard()
            if let fault = error as? any Fault, fault.category == .interrupted {
                throw PipelineError(interruption: fault)
            }
            throw error
        }
    }

    /// Does what `run` does before training, and nothing else: finds whatever would stop the job.
    ///
    /// - Throws: as `run` before training.
    package func check() throws -> JobCheck {
        try OutboxPlace.check(outbox: environment.outbox, name: document.manifest.name)
        let job = try JobPreparation(document: document, environment: environment, origin: nil).run()
        log(job)
        return JobCheck(job)
    }

    private var checkpoint: String { environment.checkpoint }

    /// Everything between the data and the publication; a run that fails on the way has a report that says so.
    private func produce(_ job: PreparedJob, _ staging: RunStaging) throws -> RunReport {
        func provenance(_ training: TrainingReport?) -> Provenance {
            ReportAssembly.provenance(
                job.manifest, base: job.base, data: job.data, run: staging.run, attempt: environment.attempt,
                startedAt: startedAt, training: training, confinement: environment.confinement)
        }
        var report = RunReport(status: .failed, provenance: provenance(nil))
        do { try fill(&report, job, staging) } catch let fault as any Fault where fault.isOutcome {
            (report.reason, report.cause, report.advice) = (fault.message, fault.cause, fault.advice)
        }
        report.provenance = provenance(report.training)
        return report
    }

    private func fill(_ report: inout RunReport, _ job: PreparedJob, _ staging: RunStaging) throws {
        let (manifest, base, data, loaded) = (job.manifest, job.base, job.data, job.model)
        let identity = BaseIdentity(base.hash)
        let trained = try loaded.use { try train($0, job, &report) }
        var adapter = try stage(.adapter, detail: { "\($0.parameterCount) parameters" }) { () throws -> Adapter in
            try trained.checkMeaningful()
            try trained.save(
                folder: staging.folder, identity: identity, baseModel: manifest.base.path, labels: data.task.names)
            report.analysis = ReportAssembly.analysis(
                try trained.spectra(base: base.files) { environment.reporter.progress($0, of: $1, .modules) })
            trained.detach()
            return try loaded.use { try Adapter.load(folder: staging.folder, into: $0, expecting: identity) }
        }
        let evaluation = EvaluationStages(manifest: manifest, base: base, data: data, environment: environment)
        report.slices = try stage(.slices, detail: { "\($0.count) slices" }) {
            try loaded.use { try evaluation.slices($0, adapter) }
        }
        report.evaluation = data.evaluation.map(\.counts)
        let overlay = environment.workFolder + "/merged.safetensors"
        defer { try? FileManager.default.removeItem(atPath: overlay) }
        let merged = try mergedArtifact(manifest, staging, overlay: overlay)
        report.parity = try stage(.parity, detail: { $0.passed ? "passed" : "failed" }) { () throws -> ParityReport in
            // Two roundings of the same weights are compared here, so the arithmetic must not add a third.
            if manifest.dtype != .float32 {
                let seed = UInt64(bitPattern: Int64(manifest.training.seed))
                try loaded.replace {
                    try LanguageModel.load(base.files, dtype: .float32, task: data.task.head(seed: seed))
                }
                adapter = try loaded.use {
                    try Adapter.load(folder: staging.folder, into: $0, expecting: identity)
                }
            }
            return try evaluation.parity(loaded.give(), adapter, merged: merged)
        }
        report.gates = GateJudge.judge(manifest.gates, slices: report.slices)
        report.training?.peakMemoryBytes = MachineInfo.peakResidentBytes
        if let training = report.training {
            environment.reporter.log(
                "memory: a peak of \(training.peakMemoryBytes >> 20) MiB was measured, "
                    + "\(training.predictedPeakMemoryBytes >> 20) MiB were predicted")
        }
        conclude(&report)
    }

    /// Where merged weights are to be published, parity is measured on the very files that are.
    private func mergedArtifact(_ manifest: JobManifest, _ staging: RunStaging, overlay: String) throws
        -> MergedArtifact
    {
        guard let format = MergedFormat(rawValue: manifest.merge.export.rawValue) else {
            return .overlay(path: overlay)
        }
        let folder = "\(staging.folder)/\(MergedFormat.runFolder)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return .export(format, folder: folder)
    }

    private func train(_ model: LanguageModel, _ job: PreparedJob, _ report: inout RunReport) throws -> Adapter {
        let (plan, data) = (job.plan, job.data)
        let trainer = Trainer(
            model: model, trainable: job.adapter, configuration: plan, examples: data.examples,
            validation: data.validation)
        model.activationCheckpointing = job.manifest.training.activationCheckpointing
        let result = try stage(.train, detail: { "\($0.losses.count) steps" }) { () throws -> TrainingResult in
            if FileManager.default.fileExists(atPath: checkpoint) {
                environment.reporter.log("training goes on from its checkpoint")
            }
            return try trainer.run(
                checkpoint: checkpoint, shouldStop: environment.shouldStop,
                progress: { step in
                    environment.reporter.trained(
                        step: step.step, of: step.totalSteps, loss: step.loss, tokens: step.tokens,
                        seconds: step.seconds, average: step.averageSeconds)
                },
                validated: { environment.reporter.validated($0.batch, of: $0.batches, seconds: $0.seconds) },
                moved: environment.reporter.moved)
        }
        report.training = ReportAssembly.training(
            result, plan: plan, data: data, base: job.base, trainable: job.adapter.parameterCount,
            predictedPeak: job.predictedPeak)
        return job.adapter
    }

    private func conclude(_ report: inout RunReport) {
        if let parity = report.parity, !parity.passed {
            let missed = parity.prompts.filter { $0.expectation?.passed == false }.map {
                ForeignText.quoted($0.id, limit: 256)
            }
            report.reason =
                missed.isEmpty
                ? "The merged weights do not behave as the adapter does."
                : "The adapter's text for \(missed.joined(separator: ", ")) is not what the regression prompts expect."
        } else if let gate = report.gates.first(where: { !$0.passed }) {
            let value = gate.value.map { String(format: "%.4f", $0) } ?? "nothing"
            report.reason =
                "The gate on \(ForeignText.line(gate.slice)) \(gate.metric) was missed: \(value) was measured."
            report.cause = gate.reason.map { "For the gate, \($0)." }
        } else {
            report.status = .succeeded
        }
    }

    private func stage<Result>(_ stage: Stage, detail: (Result) -> String?, _ body: () throws -> Result) throws
        -> Result
    {
        try environment.checkStop(before: stage)
        environment.reporter.started(stage)
        let result = try body()
        environment.reporter.ended(stage, detail: detail(result))
        return result
    }

    /// What a person wants to know before the first step.
    private func log(_ job: PreparedJob) {
        let (rows, log) = (job.data.rows, environment.reporter.log)
        let unwatched = rows.validationDropped ?? 0
        log(
            "\(rows.train) training rows (\(rows.truncated) truncated, \(rows.dropped) dropped), "
                + "\(rows.validation) validation rows\(unwatched > 0 ? " (\(unwatched) dropped)" : ""), "
                + "\(job.data.contamination.dropped) left out because held-out data has them")
        if let counts = job.data.evaluation?.counts {
            log(
                "\(counts.rows) evaluation rows, \(counts.dropped) left out because they are longer than the base's "
                    + "positions")
        }
        for note in job.data.notes + job.data.warnings { log(note) }
        let sample = job.data.sample.spans.map { $0.trained ? "⟦\($0.text)⟧" : $0.text }.joined()
        log("trained on what stands in ⟦ ⟧: \(sample.debugDescription)")
        if let head = job.adapter.head {
            let origin = head.isFresh ? "drawn from training.seed" : "the checkpoint's own"
            log("classification head: \(head.outputs) outputs, \(origin), trained in full")
        }
        if job.plan.warmupSteps == 0, job.manifest.training.warmupRatio > 0 {
            log("warmup: none, as a single step would then have a learning rate of 0")
        }
        log(
            "memory: a peak of \(job.predictedPeak >> 20) MiB is predicted; weights in \(job.manifest.dtype.rawValue), "
                + "products in \(job.manifest.dtype.compute.rawValue) by kernels \(KernelVariant.chosen)")
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

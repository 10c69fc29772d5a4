import Adapters
import Common
import Evaluation
import ForeignText
import Foundation
import JobReports
import Manifests
import ModelFiles
import Publication
import Reports
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
        do { return try publishing() } catch let fault as PublicationError where fault.code == .rejected {
            throw PipelineError(rejection: fault)
        }
    }

    private func publishing() throws -> JobResult {
        if let journal = environment.journal, let (published, report) = try PublicationJournal.publishedRun(journal) {
            environment.reporter.log("an earlier attempt had published \(published.folder) when it was cut off")
            return JobResult(status: published.status, runFolder: published.folder, report: report)
        }
        try OutboxPlace.check(outbox: environment.outbox, name: document.manifest.name)
        if let difference = origin?.takeVariant() { environment.reporter.log(difference) }
        let job = try JobPreparation(document: document, environment: environment, origin: origin).run()
        try job.parent?.pin.keep(in: environment.workFolder)
        let scores = JobScores(job, environment)
        var work = JobWork(job)
        try work.leaveOut(job, knownBy: scores)
        environment.reporter.plan(work)
        log(job)
        let manifestData = Data(job.manifest.yaml().utf8)
        let staging = try RunStaging.begin(
            outbox: environment.outbox, name: job.manifest.name,
            run: RunIdentifier(startedAt: startedAt, manifest: manifestData), attempt: environment.attempt)
        do {
            let report = try produce(job, scores, staging)
            return try stage(.publish, detail: { $0.runFolder }) {
                try staging.writeDocuments(report, manifest: manifestData, of: job.manifest.adapter.method.artifact)
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
                ParentPin.forget(in: environment.workFolder)
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
        do {
            try OutboxPlace.check(outbox: environment.outbox, name: document.manifest.name)
        } catch let fault as PublicationError where fault.code == .rejected {
            throw PipelineError(rejection: fault)
        }
        let job = try JobPreparation(document: document, environment: environment, origin: nil).run()
        log(job)
        return JobCheck(job)
    }

    /// Reads what the job would train on, and tells of it; nothing is trained.
    ///
    /// - Parameter isTimed: whether the base is loaded and some steps are timed, for how long the job would take.
    /// - Throws: as `run` before training.
    package func data(isTimed: Bool = false) throws -> DataSummary {
        do {
            return try JobPreparation(document: document, environment: environment, origin: nil)
                .summary(isTimed: isTimed)
        } catch let fault as any Fault where fault.category == .interrupted {
            throw PipelineError(interruption: fault)
        }
    }

    private var checkpoint: String { environment.checkpoint }

    /// Everything between the data and the publication; a run that fails on the way has a report that says so.
    private func produce(_ job: PreparedJob, _ scores: JobScores, _ staging: RunStaging) throws -> RunReport {
        func provenance(_ training: TrainingReport?) -> Provenance {
            ReportAssembly.provenance(
                job.manifest, plan: job.plan, parent: job.parent, compared: job.compared, base: job.base,
                data: job.data, run: staging.run,
                attempt: environment.attempt,
                startedAt: startedAt, training: training, binary: environment.binarySHA256,
                confinement: environment.confinement)
        }
        var report = RunReport(status: .failed, provenance: provenance(nil))
        do { try fill(&report, job, scores, staging) } catch let fault as any Fault where fault.isOutcome {
            (report.reason, report.cause, report.advice) = (fault.message, fault.cause, fault.advice)
        }
        report.provenance = provenance(report.training)
        return report
    }

    private func fill(
        _ report: inout RunReport, _ job: PreparedJob, _ scores: JobScores, _ staging: RunStaging
    ) throws {
        defer { report.scoreCache = scores.report }
        let trained = try job.model.use { try train($0, job, &report) }
        let artifact: any TrainedArtifact =
            job.manifest.adapter.method.publishesModel
            ? ModelArtifact(trained, of: job, scores, environment)
            : AdapterArtifact(trained, of: job, scores, environment)
        try stage(.adapter, detail: { "\(artifact.adapter.parameterCount) parameters" }) {
            try artifact.write(to: staging.folder, &report)
            try artifact.readBack(from: staging.folder)
        }
        let found = try stage(.slices, detail: { "\($0.slices.count) \($0.slices.count == 1 ? "slice" : "slices")" }) {
            try slices(artifact, job, scores, staging)
        }
        report.slices = found.slices
        if let scores = found.scores { try staging.write(scores) }
        report.evaluation = job.data.evaluation.map(\.counts)
        let checks = try stage(.parity, detail: { $0.allSatisfy(\.passed) ? "passed" : "failed" }) {
            try artifact.verify(in: staging.folder, &report)
        }
        report.gates = GateJudge(slices: report.slices, scores: found.scores, compared: job.compared)
            .judge(job.manifest.judgedGates)
        report.gates += [GateJudge.merged(job.manifest.merge, report)].compactMap(\.self)
        report.changes = changes(report, found.scores, job)
        report.training?.peakMemoryBytes = MachineInfo.peakResidentBytes
        if let training = report.training {
            environment.reporter.log(
                "memory: a peak of \(training.peakMemoryBytes >> 20) MiB was measured, "
                    + "\(training.predictedPeakMemoryBytes >> 20) MiB were predicted")
        }
        conclude(&report, checks)
    }

    /// Scores base and adapter, and the adapters that the run is held against, as far as it is not known of them.
    private func slices(
        _ artifact: any TrainedArtifact, _ job: PreparedJob, _ scores: JobScores, _ staging: RunStaging
    ) throws -> SliceStage.Found {
        let scoring = SliceStage(manifest: job.manifest, base: job.base, data: job.data, environment: environment)
        guard let plan = job.data.evaluation else { return SliceStage.Found() }
        var found = try artifact.model.use { try scoring.run(plan, $0, artifact.adapter, scores) }
        for other in job.compared {
            let known = try scores.rows(of: other)
            let rows =
                try known ?? artifact.with(other, published: staging.folder) { try scoring.scores(of: plan, $0) }
            try scores.use(rows: rows, of: other, isKnown: known != nil)
            scoring.add(rows, of: other.roles, plan, to: &found)
        }
        return found
    }

    /// What changed since the last run of the name; nil where there is none, or none that can be read.
    private func changes(_ report: RunReport, _ scores: RowScores?, _ job: PreparedJob) -> ChangesReport? {
        guard let folder = environment.previousRun else { return nil }
        guard let previous = PreviousRun(folder) else {
            environment.reporter.log("the last run, \(folder), cannot be read: the report is not held against it")
            return nil
        }
        return RunChanges(previous: previous, report: report, scores: scores, manifest: job.manifest).changes { lines in
            job.data.evaluation?.texts(lines, job.base.tokenizer) ?? [:]
        }
    }

    private func train(_ model: LanguageModel, _ job: PreparedJob, _ report: inout RunReport) throws -> Adapter {
        let (plan, data) = (job.plan, job.data)
        let trainer = Trainer(
            model: model, trainable: job.adapter, configuration: plan, examples: data.examples,
            validation: data.validation, sources: data.mixture.places)
        let scoring = SliceStage(manifest: job.manifest, base: job.base, data: data, environment: environment)
        let measure = data.watched.flatMap { watched in
            job.manifest.bestMetric.map { metric in
                { told in try scoring.watch(watched, metric, model, told: told) } as Trainer.Measure
            }
        }
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
                moved: environment.reporter.moved, measure: measure)
        }
        report.training = ReportAssembly.training(
            result, plan: plan, data: data, base: job.base, trainable: job.adapter.parameterCount,
            predictedPeak: job.predictedPeak, metric: job.manifest.training.best?.metric ?? .validationLoss)
        if let sentence = report.training.flatMap(CheckpointSentence.render) { environment.reporter.log(sentence) }
        return job.adapter
    }

    private func conclude(_ report: inout RunReport, _ checks: [ArtifactCheck]) {
        if let reason = checks.lazy.compactMap(\.reason).first {
            report.reason = reason
        } else if let gate = report.gates.first(where: { !$0.passed }) {
            let value = gate.value.map { FigureFormat.significant($0, 4) } ?? "nothing"
            report.reason =
                "The gate on \(ForeignText.line(gate.slice)) \(gate.metric) was missed: \(value) was measured, "
                + "\(GateWording.wanted(gate)) is wanted."
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
        if let parent = job.parent {
            log("training goes on from the adapter in \(parent.folder), SHA-256 \(parent.sha256)")
        }
        if job.plan.warmupSteps == 0, job.manifest.training.warmupRatio ?? 0 > 0 {
            log("warmup: none, as a single step would then have a learning rate of 0")
        }
        log(
            "memory: a peak of \(job.predictedPeak >> 20) MiB is predicted; weights in \(job.manifest.dtype.rawValue), "
                + "products in \(job.manifest.dtype.compute.rawValue) by kernels \(KernelVariant.chosen)")
    }
}

import Adapters
import Datasets
import Foundation
import JobReports
import Manifests
import ModelFiles
import Tensors
import Tokenizers
import Training
import Transformers

/// A job about to be trained: its inputs are read and judged, and everything fits the machine.
struct PreparedJob {
    /// With what this machine and the base's type decide filled in.
    let manifest: JobManifest
    let base: VerifiedBase
    let data: PreparedData
    /// The base, with the adapter attached.
    let model: JobModel
    let adapter: Adapter
    let plan: TrainingConfiguration
    /// What the adapter goes on from; nil where it is fresh.
    let parent: ParentAdapter?
    /// The published adapters that the run is held against.
    let compared: [ComparedAdapter]
    /// Bytes that the process is predicted to need at its peak.
    let predictedPeak: Int
}

/// The stages before training: they find whatever would stop the job later. `lorad validate --deep` is these stages and
/// nothing after them.
struct JobPreparation {
    let document: ManifestDocument
    let environment: JobEnvironment
    /// What computed the checkpoint that the job goes on from; nil where it begins.
    let origin: CheckpointOrigin?

    /// Reads and judges everything that the job will need.
    ///
    /// - Throws: `PipelineError.rejected` with every mistake of the job's own, `.noSpace`, `.interrupted`; what reading
    ///   files throws.
    func run() throws -> PreparedJob {
        let mistakes = JobMistakes(document)
        let (manifest, base, rows, data) = try readRows(mistakes)
        let parent = try mistakes.collect("adapter.init_from") { try ParentAdapter.open(manifest, environment) } ?? nil
        let checks = JobChecks(document: document, mistakes: mistakes)
        let job = try base.flatMap { base in try prepare(manifest, base, rows, data, parent, checks) }
        try mistakes.refuse()
        guard let job else { throw PipelineError(.rejected, "\(document.file) has nothing to train on.") }
        try ResourceCheck(manifest: manifest, limits: environment.limits).requireDisk(
            adapter: job.adapter, plan: job.plan, base: job.base, environment: environment)
        environment.reporter.ended(.data, detail: "\(job.data.rows.train) rows to train on")
        return job
    }

    /// Reads the base's tokenizer and all rows; what is wrong with them is noted.
    ///
    /// - Parameter observation: sees the rows that are trained on.
    func readRows(
        _ mistakes: JobMistakes, _ observation: RowObservation? = nil
    ) throws -> (manifest: JobManifest, base: VerifiedBase?, rows: JobRows, data: PreparedData?) {
        let base = try openBase(mistakes)
        var manifest = document.manifest.onThisMachine(resuming: origin)
        if let base {
            let known = manifest
            manifest =
                try mistakes.collect("base.path") { try known.completed(modelType: base.hash.modelType) } ?? known
            // What the run's identifier is taken of: adapters of other tokenizers are of other recipes.
            manifest.base.tokenizerSHA256 = base.hash.tokenizerSHA256
        }
        try environment.checkStop(before: .data)
        environment.reporter.started(.data)
        let checks = JobChecks(document: document, mistakes: mistakes)
        let tools = try mistakes.collect("dataset.tools") {
            try manifest.dataset.tools.map { try ToolsFile.read($0, rule: environment.rule) }
        }
        let rows = JobRows(manifest, tools: tools ?? nil, rule: environment.rule, reporter: environment.reporter)
        let data = try PreparedData.prepare(
            manifest, rows, base, environment.rowCache, checks, observation: observation,
            log: environment.reporter.log)
        return (manifest, base, rows, data)
    }

    /// The base, or nil where it cannot be read; its stage ends only where it is the one that the manifest pins.
    private func openBase(_ mistakes: JobMistakes) throws -> VerifiedBase? {
        try environment.checkStop(before: .base)
        environment.reporter.started(.base)
        let base = try VerifiedBase.open(document, environment, mistakes)
        if let base, mistakes.isEmpty { environment.reporter.ended(.base, detail: base.hash.sha256) }
        return base
    }

    /// Loads the base, which shows whether its weights are whole and has the projections that targets name; nil where
    /// mistakes, all of them noted, are in the way.
    func prepare(
        _ manifest: JobManifest, _ base: VerifiedBase, _ rows: JobRows, _ data: PreparedData?,
        _ parent: ParentAdapter?, _ checks: JobChecks
    ) throws -> PreparedJob? {
        let mistakes = checks.mistakes
        let seed = UInt64(bitPattern: Int64(manifest.training.seed))
        var plan = TrainingPlan.configuration(manifest, rows: data?.examples.count ?? 1)
        plan.weights = data?.mixture.weights ?? []
        plan.startsFrom = parent?.sha256
        plan.criterion = data?.watched == nil ? nil : manifest.criterion(rows.validation?.sha256)
        // Of rows that cannot be used the task is not known; the projections are the same for any.
        let task = data?.task ?? (rows.areLabelled ? .classification(.regression) : .language)
        let examples: any ExampleSource = data?.examples ?? [TokenizedExample]()
        let tokens = TrainingPlan.largestMicroBatch(examples, plan)
        let prediction = MemoryPrediction(
            manifest, base.files.configuration, plan, parameters: base.hash.parameters,
            tokens: tokens, labelledRows: TrainingPlan.mostLabels(examples, plan, atMost: tokens), task: task)
        let resources = ResourceCheck(manifest: manifest, limits: environment.limits)
        if data != nil { checks.schedule(plan) }
        if let data { resources.checkAllowance(rows: data.examples.count, steps: plan.steps, mistakes) }
        guard
            try mistakes.collect(
                "base", { try resources.requireMemory(prediction) }) != nil
        else { return nil }
        let publishesModel = manifest.adapter.method.publishesModel
        if manifest.merge.export == .safetensors || publishesModel {
            try mistakes.collect(publishesModel ? "adapter.method" : "merge.export") {
                try MergedExport.checkCompanions(of: base.files)
            }
        }
        let loaded = try mistakes.collect("base.path") {
            try LanguageModel.load(base.files, dtype: manifest.dtype, task: task.head(seed: seed))
        }
        guard let model = loaded else { return nil }
        guard
            let configuration = try checks.configuration(manifest.adapter, of: model, base.tokenizer, steps: plan.steps)
        else {
            return nil
        }
        // Before the adapter takes its memory.
        let whole = prediction.with(try AdapterDemand(configuration, on: model), on: model)
        guard
            try mistakes.collect(
                "adapter.rank", { try resources.requireMemory(whole) }) != nil
        else { return nil }
        let adapter = try Adapter.attach(configuration, to: model, seed: seed)
        let place = AdapterPlace(base.files, base.hash, template: data?.chatTemplate?.sha256)
        try parent?.begin(adapter, on: model, place, labels: data?.task.names, mistakes)
        let compared = try ComparedAdapter.open(manifest, on: place, parent: parent, environment, mistakes)
        guard let data else { return nil }
        return PreparedJob(
            manifest: manifest, base: base, data: data, model: JobModel(model), adapter: adapter, plan: plan,
            parent: parent, compared: compared, predictedPeak: whole.peak)
    }
}

/// One job, read and checked, with every default filled in and its pipeline's defaults applied.
package struct JobManifest: Section {
    /// The version of the manifest's format.
    package var version = 1
    /// The adapter's name; a run is published under `outbox/NAME/`.
    package var name = ""
    /// The base model, pinned by content.
    package var base = BaseSection()
    /// The rows to train on.
    package var dataset = DatasetSection()
    /// The adapter to train.
    package var adapter = AdapterSection()
    /// How to train.
    package var training = TrainingSection()
    /// The rows that base and adapter are scored on.
    package var evaluation = EvaluationSection()
    /// Fixed prompts that base, adapter and merged weights answer.
    package var regression = RegressionSection()
    /// How merged weights are compared and exported.
    package var merge = MergeSection()
    /// What the run must meet to be published.
    package var gates: [Gate] = []
    /// What becomes of a run that passes; nil: nothing by itself.
    package var promote: Promotion?
    /// Names of hooks in lorad.yaml; nil: the worker's `notify_default`.
    package var notify: [String]?
    /// The licence that the adapter is published under; nil: its owner has not stated one.
    package var license: String?
    /// Jobs of a higher priority are started first.
    package var priority = 0
    /// What tells the runs of a name apart, as `submit --stamp` and `schedule` set it; nil: nothing does.
    package var stamp: String?

    init() {}

    /// The manifest as run: a text that reads back as an equal manifest, in a stable order. The pipeline's defaults
    /// are already in it, so it names none and runs the same after the pipeline file changed.
    package func yaml() -> String { YAMLWriter.text(node()) }

    /// Every key with type, default and meaning.
    package static var reference: [FieldDescription] { Self.fields.flatMap { $0.description.flattened() } }
}

extension JobManifest {
    /// The files of rows and prompts that the job reads.
    package var rowFiles: [String] {
        dataset.train.paths + [dataset.validation, evaluation.data, regression.prompts].compactMap(\.self)
    }

    /// The files and folders that the job reads.
    package var inputs: [String] {
        [base.path] + rowFiles + dataset.chatTemplateFiles.map(\.path)
            + [dataset.tools, adapter.initFolder].compactMap(\.self)
    }
}

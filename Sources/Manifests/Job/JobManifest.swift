/// One job, read and checked, with every default filled in and its pipeline's defaults applied.
package struct JobManifest: Section {
    /// The version of the manifest's format.
    package var version = 1
    /// The adapter's name; a run is published under `outbox/NAME/`.
    package var name = ""
    package var base = BaseSection()
    package var dataset = DatasetSection()
    package var adapter = AdapterSection()
    package var training = TrainingSection()
    package var evaluation = EvaluationSection()
    package var regression = RegressionSection()
    package var merge = MergeSection()
    /// What the run must meet to be published.
    package var gates: [Gate] = []
    /// Names of hooks in lorad.yaml; nil: the worker's `notify_default`.
    package var notify: [String]?

    init() {}

    /// The manifest as run: a text that reads back as an equal manifest, in a stable order. The pipeline's defaults
    /// are already in it, so it names none and runs the same after the pipeline file changed.
    package func yaml() -> String { YAMLWriter.text(node()) }

    /// Every key with type, default and meaning.
    package static var reference: [FieldDescription] { Self.fields.flatMap { $0.description.flattened() } }
}

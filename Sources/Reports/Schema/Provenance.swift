import Foundation

/// Where an adapter came from: `provenance.json`, and `provenance` in `report.json`. Whoever holds it can find the same
/// base, tokenizer and data again, and train the same adapter.
package struct Provenance: Codable, Sendable, Equatable {
    /// The adapter's name.
    package var name: String
    /// The run's identifier, as `RunIdentifier` spells it.
    package var run: String
    /// The pipeline that the manifest named.
    package var pipeline: String?
    /// How often the job was started, this time included.
    package var attempt: Int
    /// When the job was claimed.
    package var startedAt: Date
    /// When its last stage ended.
    package var finishedAt: Date
    /// The base model.
    package var base: BaseProvenance
    /// The adapter that this one went on from; absent where it was fresh.
    package var parent: ParentProvenance?
    /// The adapters that the run was held against on the same rows, one entry a role; nil where there was none.
    package var compared: [ComparedProvenance]?
    /// The files of rows and prompts that were read.
    package var datasets: [DatasetProvenance]
    /// What conversations were written with; nil where no row is one.
    package var chatTemplate: ChatTemplateProvenance?
    /// The tools that they could call; nil where the manifest names no file of them.
    package var tools: ToolsProvenance?
    /// The adapter's shape.
    package var adapter: AdapterProvenance
    /// How it was trained.
    package var training: TrainingProvenance
    /// Versions of what computed it: `lorad`, `swift`, `openblas`, ….
    package var versions: [String: String]
    /// SHA-256 of the program; absent where it could not be read, and in reports of earlier lorads.
    package var binarySHA256: String?
    /// The machine that computed it.
    package var machine: MachineProvenance
    /// The adapter's licence, as the manifest states it.
    package var license: String?
    /// What kept the process to the job's own files; nil where nothing was asked to, as by `lorad run`.
    package var confinement: ConfinementProvenance?

    /// The provenance of one run.
    package init(
        name: String, run: String, pipeline: String? = nil, attempt: Int = 1, startedAt: Date, finishedAt: Date,
        base: BaseProvenance, parent: ParentProvenance? = nil, datasets: [DatasetProvenance],
        chatTemplate: ChatTemplateProvenance? = nil, adapter: AdapterProvenance,
        training: TrainingProvenance, versions: [String: String], machine: MachineProvenance,
        license: String? = nil, confinement: ConfinementProvenance? = nil
    ) {
        self.name = name
        self.run = run
        self.pipeline = pipeline
        self.attempt = attempt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.base = base
        self.parent = parent
        self.datasets = datasets
        self.chatTemplate = chatTemplate
        self.adapter = adapter
        self.training = training
        self.versions = versions
        self.machine = machine
        self.license = license
        self.confinement = confinement
    }

    /// Seconds from the job's start to the end of its last stage.
    package var seconds: Double { max(0, finishedAt.timeIntervalSince(startedAt)) }

    private enum CodingKeys: String, CodingKey {
        case name, run, pipeline, attempt, base, parent, datasets, adapter, training, versions, machine, license,
            confinement, tools, compared
        case chatTemplate = "chat_template"
        case binarySHA256 = "binary_sha256"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
    }
}

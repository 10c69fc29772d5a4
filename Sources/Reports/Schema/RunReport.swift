/// How a run ended. The raw values are the `status` of `report.json` and of `lorad run`'s last line.
package enum RunStatus: String, Codable, Sendable, CaseIterable {
    /// Trained, proven, every gate passed, published for use.
    case succeeded
    /// The job ran, and a gate, the parity proof or the training itself failed.
    case failed
    /// The job was refused before any work was done.
    case rejected
}

/// Everything that is known of one run: `report.json`, version 1. The pipeline fills it stage by stage, so what comes
/// after the stage that failed is absent. Keys may be added, never renamed.
///
/// Encode and decode it with `ReportCoding`, which knows how to write a number that is not finite.
package struct RunReport: Codable, Sendable, Equatable {
    /// The version of this file's contract.
    package var version: Int
    /// How the run ended.
    package var status: RunStatus
    /// Why it did not succeed, one plain sentence; absent when it did.
    package var reason: String?
    /// What led to the reason, where that is known.
    package var cause: String?
    /// What to do about it, where there is something to say.
    package var advice: String?
    /// What training did; absent when the run ended before it.
    package var training: TrainingReport?
    /// The scores of base and adapter, one slice each, `all` among them.
    package var slices: [SliceReport]
    /// What became of the rows of the evaluation data; absent where nothing was scored.
    package var evaluation: EvaluationCounts?
    /// What of the scores an earlier run had computed; absent where no cache was asked.
    package var scoreCache: ScoreCacheReport?
    /// The proof that merged weights answer as the unmerged ones do.
    package var parity: ParityReport?
    /// What base and adapter answered; absent where the adapter can be merged.
    package var unmerged: UnmergedReport?
    /// What requantising the published model cost; absent where none is requantised.
    package var requantisation: RequantisationReport?
    /// What the manifest demanded, and what was measured.
    package var gates: [GateReport]
    /// What changed since the last run of the name; absent where there is none, or it cannot be read.
    package var changes: ChangesReport?
    /// What the adapter learned, one entry for each target module, in the base's order.
    package var analysis: [ModuleAnalysis]
    /// Where the adapter came from.
    package var provenance: Provenance
    /// Path of each figure that was not finite (`training.loss[17]`) and what it was: `NaN`, `Infinity` or `-Infinity`.
    /// In the file such a figure is `null`. Written by `ReportCoding`; absent when every figure is finite.
    package var notFinite: [String: String]?

    /// A report of a run with this outcome; everything else can be filled later.
    package init(
        status: RunStatus, reason: String? = nil, training: TrainingReport? = nil, slices: [SliceReport] = [],
        parity: ParityReport? = nil, gates: [GateReport] = [], analysis: [ModuleAnalysis] = [], provenance: Provenance
    ) {
        self.version = 1
        self.status = status
        self.reason = reason
        self.training = training
        self.slices = slices
        self.parity = parity
        self.gates = gates
        self.analysis = analysis
        self.provenance = provenance
    }

    /// Whether it succeeded without anything to be scored on, which says nothing of the adapter's worth.
    package var isUnscored: Bool {
        status == .succeeded && slices.isEmpty && !provenance.datasets.contains { $0.role == .evaluation }
    }

    /// How the adapter did on a slice; nil where there is no such slice.
    package func score(_ slice: String) -> SliceScore? { slices.first { $0.name == slice }?.adapter }

    /// Reason, cause and advice, as far as there are any: what somebody who was not there needs to know.
    package var explanation: [String] { [reason, cause, advice].compactMap(\.self) }

    private enum CodingKeys: String, CodingKey {
        case version, status, reason, cause, advice, training, slices, evaluation, parity, unmerged, requantisation,
            gates, changes,
            analysis
        case provenance
        case scoreCache = "score_cache"
        case notFinite = "not_finite"
    }
}

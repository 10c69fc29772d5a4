import Datasets
import Evaluation
import ForeignText
import Manifests
import Reports

/// Holds what was measured against what the manifest demands.
struct GateJudge {
    let slices: [SliceReport]
    /// Every row with all models that scored it; nil where nothing was scored.
    let scores: RowScores?
    /// The adapters that the run is held against. The base stands in for a champion or a previous version that there is
    /// none of.
    let compared: [ComparedAdapter]

    func judge(_ gates: [Gate]) -> [GateReport] { gates.map(report) }

    /// What a manifest's `merge.max_kl` demands, and how far the published GGUF is from base and adapter; nil without it.
    static func merged(_ merge: MergeSection, _ report: RunReport) -> GateReport? {
        guard let most = merge.maxKL else { return nil }
        let value = merge.type == nil ? report.parity?.meanKL : report.requantisation?.meanKL
        return GateReport(
            slice: MergedFormat.runFolder, metric: "mean_kl", max: most, value: value,
            passed: value.map { $0 <= most } ?? false, reason: value == nil ? "no merged model was measured" : nil)
    }

    private func report(_ gate: Gate) -> GateReport {
        let slice = slices.first { $0.name == gate.slice }
        let value = slice.flatMap { $0.adapter.value(gate.metric.rawValue) }
        let missing = slice == nil ? "there is no slice \(gate.slice)" : "\(gate.metric.rawValue) was not measured"
        var report = GateReport(
            slice: gate.slice, metric: gate.metric.rawValue, min: gate.min, max: gate.max,
            betterThan: gate.betterThan?.rawValue, value: value, passed: false, reason: value == nil ? missing : nil)
        report.notWorseThan = gate.notWorseThan?.rawValue
        if let reference = gate.reference { hold(&report, against: reference, gate, slice) }
        report.passed = value.map { passes(gate, $0, report) } ?? false
        return report
    }

    /// Adds what the other model reached, and how the two differ on the same rows.
    private func hold(
        _ report: inout GateReport, against reference: GateReference, _ gate: Gate, _ slice: SliceReport?
    ) {
        let other = compared.first { $0.roles.contains(reference) }
        let role = other == nil ? .base : reference
        report.referenceName = other?.reference ?? GateReference.base.rawValue
        report.reference = slice.flatMap { $0.score(of: role)?.value(gate.metric.rawValue) }
        guard gate.isTested else { return }
        report.difference = difference(gate, role)
        if report.difference == nil, report.reason == nil { report.reason = "no row was scored by both" }
    }

    private func passes(_ gate: Gate, _ value: Double, _ report: GateReport) -> Bool {
        if let min = gate.min, !(value >= min) { return false }
        if let max = gate.max, !(value <= max) { return false }
        guard gate.reference != nil else { return true }
        guard let reference = report.reference else { return false }
        let isBetter = gate.metric.higherIsBetter ? value > reference : value < reference
        let isWorse = gate.metric.higherIsBetter ? value < reference : value > reference
        guard gate.isTested else { return isBetter }
        guard let difference = report.difference, !value.isNaN, !reference.isNaN else { return false }
        return gate.betterThan == nil ? !(isWorse && difference.isSignificant) : isBetter && difference.isSignificant
    }

    /// Adapter and other on the rows of the gate's slice.
    private func difference(_ gate: Gate, _ role: GateReference) -> PairedDifference? {
        let name = ForeignText.line(gate.slice)
        let pairs = (scores?.rows ?? []).filter { gate.slice == SliceName.all || $0.slice == name }.compactMap { row in
            row.answer(of: role).map { (before: $0, after: row.adapter, tokens: row.tokens) }
        }
        return gate.metric == .accuracy ? RowComparison.shares(pairs) : RowComparison.losses(pairs)
    }
}

extension Gate {
    /// Whether chance is told from a difference: always where the other is an adapter, and by `not_worse_than`.
    var isTested: Bool { notWorseThan != nil || betterThan.map { $0 != .base } ?? false }
}

extension SliceReport {
    /// How a model did that the run is held against.
    fileprivate func score(of role: GateReference) -> SliceScore? {
        switch role {
        case .base: base
        case .parent: parent
        case .champion: champion
        case .previous: previous
        }
    }

    /// Notes how one did.
    mutating func set(_ score: SliceScore, _ comparison: ComparisonReport?, of role: GateReference) {
        switch role {
        case .base: (base, self.comparison) = (score, comparison)
        case .parent: (parent, parentComparison) = (score, comparison)
        case .champion: (champion, championComparison) = (score, comparison)
        case .previous: (previous, previousComparison) = (score, comparison)
        }
    }
}

extension RowScores.Row {
    /// What a model made of the row that the run is held against.
    fileprivate func answer(of role: GateReference) -> Answer? {
        switch role {
        case .base: base
        case .parent: parent
        case .champion: champion
        case .previous: previous
        }
    }

    /// Notes what one made of it.
    mutating func set(_ answer: Answer?, of role: GateReference) {
        switch role {
        case .base: break
        case .parent: parent = answer
        case .champion: champion = answer
        case .previous: previous = answer
        }
    }
}

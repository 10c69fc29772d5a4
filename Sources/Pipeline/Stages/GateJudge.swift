import Manifests

/// Holds what was measured against what the manifest demands.
enum GateJudge {
    static func judge(_ gates: [Gate], slices: [SliceReport]) -> [GateReport] {
        gates.map { gate in
            let slice = slices.first { $0.name == gate.slice }
            let value = slice.flatMap { Self.value(gate.metric, $0.adapter) }
            let reference = gate.betterThan == nil ? nil : slice.flatMap { Self.value(gate.metric, $0.base) }
            let missing = slice == nil ? "there is no slice \(gate.slice)" : "\(gate.metric.rawValue) was not measured"
            return GateReport(
                slice: gate.slice, metric: gate.metric.rawValue, min: gate.min, max: gate.max,
                betterThan: gate.betterThan?.rawValue, value: value, reference: reference,
                passed: value.map { passes(gate, $0, reference) } ?? false, reason: value == nil ? missing : nil)
        }
    }

    private static func passes(_ gate: Gate, _ value: Double, _ reference: Double?) -> Bool {
        if let min = gate.min, !(value >= min) { return false }
        if let max = gate.max, !(value <= max) { return false }
        guard gate.betterThan != nil else { return true }
        guard let reference else { return false }
        return gate.metric.higherIsBetter ? value > reference : value < reference
    }

    private static func value(_ metric: GateMetric, _ score: SliceScore) -> Double? {
        switch metric {
        case .loss: score.loss
        case .perplexity: score.perplexity
        case .accuracy: score.accuracy
        case .calibrationError: score.calibrationError
        case .f1: score.f1
        case .matthews: score.matthews
        case .pearson: score.pearson
        case .spearman: score.spearman
        }
    }
}

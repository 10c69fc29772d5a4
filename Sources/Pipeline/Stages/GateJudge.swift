import Manifests
import Reports

/// Holds what was measured against what the manifest demands.
enum GateJudge {
    static func judge(_ gates: [Gate], slices: [SliceReport]) -> [GateReport] {
        gates.map { gate in
            let slice = slices.first { $0.name == gate.slice }
            let value = slice.flatMap { $0.adapter.value(gate.metric.rawValue) }
            let reference = gate.betterThan == nil ? nil : slice.flatMap { $0.base.value(gate.metric.rawValue) }
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
}

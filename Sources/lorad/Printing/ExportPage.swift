import Common
import Foundation
import Pipeline

/// What `lorad export` tells people.
enum ExportPage {
    static func show(_ outcome: ExportOutcome) {
        let bytes = outcome.files.reduce(0) { $0 + $1.bytes }
        let facts = [outcome.to, outcome.dtype, outcome.modules.map { "\($0) modules" }, "\(bytes) bytes"]
        Output.line("\(outcome.model): \(facts.compactMap { $0 }.joined(separator: ", "))")
        if let tensors = outcome.tensors {
            let counts = tensors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
            Output.line("tensors: \(counts.joined(separator: ", "))")
        }
        if let parity = outcome.parity {
            Output.line(
                "read back and compared on \(parity.prompts.count) prompts: largest difference of a logit "
                    + String(
                        format: "%.2e of %.2e allowed; the adapter moves one by %.2e", parity.maxAbsLogitDifference,
                        parity.tolerance, parity.baseVsAdapterMaxAbsLogitDifference))
        }
        if let loss = outcome.loss { show(loss) }
        if let rank = outcome.maximumRank { Output.line("--max-lora-rank must be \(rank) or more") }
        Output.line(
            outcome.adapterRecordsBase
                ? "the adapter was made for this base, \(outcome.baseSHA256)"
                : "the adapter does not record which base it was made for; this one is \(outcome.baseSHA256)")
        for note in outcome.notes { Output.line(note) }
        for command in outcome.commands { Output.line("  \(command)") }
    }

    private static func show(_ loss: ExportLoss) {
        Output.line(
            "read back and compared on \(loss.prompts) prompts: "
                + String(
                    format: "mean KL %.2e nats, the adapter's own %.2e: %.1f%% of its effect kept", loss.meanKL,
                    loss.adapterKL, 100 * loss.effectKept)
                + String(format: "; the same next token at %.1f%% of positions", 100 * loss.top1Agreement)
                + (loss.identicalText ? "; the same greedy texts" : "; greedy texts differ"))
    }
}

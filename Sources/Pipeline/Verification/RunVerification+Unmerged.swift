import Adapters
import Foundation
import Reports
import Transformers

extension RunVerification {
    /// Of an adapter that cannot be merged: base and adapter still answer as the report says.
    ///
    /// - Throws: as `ParityProof.unmerged`.
    mutating func compareUnmerged(
        _ recorded: UnmergedReport?, _ proof: ParityProof, _ model: consuming LanguageModel, _ adapter: Adapter
    ) throws {
        guard let recorded else { return }
        let (found, tolerance) = try proof.unmerged(model, adapter, reason: recorded.reason)
        note(.parity, .notChecked, "there are no merged weights: \(recorded.reason)")
        let others = zip(found.prompts, recorded.prompts).filter { now, then in
            [now.baseText, now.adapterText] != [then.baseText, then.adapterText]
        }.map(\.1.id)
        let same = recorded.prompts.count - others.count
        verdict(
            .texts, others.isEmpty,
            "\(same) of \(recorded.prompts.count) prompts answered as recorded"
                + (others.isEmpty ? "" : "; not \(others.joined(separator: ", "))"))
        let (now, then) = (found.baseVsAdapterMaxAbsLogitDifference, recorded.baseVsAdapterMaxAbsLogitDifference)
        verdict(
            .update, abs(now - then) <= tolerance,
            String(
                format: "the adapter moves a logit by %.4f, recorded %.4f, equal within %.2e", now, then, tolerance))
    }
}

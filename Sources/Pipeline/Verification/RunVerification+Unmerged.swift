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
        compare(texts: found.prompts, with: recorded.prompts) { [$0.baseText, $0.adapterText] }
        compareUpdate(
            found.baseVsAdapterMaxAbsLogitDifference, with: recorded.baseVsAdapterMaxAbsLogitDifference,
            within: tolerance)
    }
}

/// Judges the three models' answers.
package enum ParityJudge {
    /// The report on `base` and `merged`, both measured against `adapter` on `prompts`, in the same order.
    ///
    /// - Parameter precision: what the merged weights are stored and served in.
    package static func report(
        prompts: [RegressionPrompt], adapter: ParityReference, base: ParityMeasurement, merged: ParityMeasurement,
        precision: ParityPrecision
    ) -> ParityResult {
        precondition(
            [adapter.generations.count, base.prompts.count, merged.prompts.count].allSatisfy { $0 == prompts.count })
        let tolerance = ParityTolerance(precision).absolute(largestLogit: adapter.largestLogit)
        let lostShare = base.squaredSum > 0 ? (merged.squaredSum / base.squaredSum).squareRoot() : nil
        let isZero = base.maximum <= ParityTolerance.smallestUpdate * max(1, adapter.largestLogit)
        var failures: [ParityFailure] = []
        if isZero { failures.append(.zeroUpdate) }
        if merged.maximum > tolerance { failures.append(.logitsDiffer) }
        if !isZero, let lostShare, lostShare > ParityTolerance.largestLostShare { failures.append(.updateLost) }
        // Two tokens can change places only where their logits are at most two tolerances apart.
        let margins = merged.prompts.compactMap(\.divergenceMargin)
        if margins.contains(where: { $0 > 2 * tolerance }) { failures.append(.textDiffers) }
        return ParityResult(
            passed: failures.isEmpty, failures: failures, dtype: precision.rawValue, tolerance: tolerance,
            maxAbsLogitDifference: merged.maximum, meanKL: merged.meanKL, top1Agreement: merged.top1Agreement,
            identicalText: merged.hasIdenticalText, maxAbsUpdate: base.maximum, lostShare: lostShare,
            prompts: prompts.indices.map { index in
                let text = adapter.generations[index].text
                return PromptParityResult(
                    id: prompts[index].id, prompt: prompts[index].prompt,
                    baseText: base.prompts[index].generation.text, adapterText: text,
                    mergedText: merged.prompts[index].generation.text,
                    maxAbsLogitDifference: merged.prompts[index].maximum,
                    expectation: prompts[index].judge(adapter.generations[index]))
            })
    }
}

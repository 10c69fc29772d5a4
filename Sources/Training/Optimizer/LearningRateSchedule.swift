import Foundation

/// The learning rate over the steps, with transformers' arithmetic.
package struct LearningRateSchedule: Sendable, Equatable {
    /// The course after warmup.
    package enum Kind: String, Sendable, CaseIterable {
        /// Down to zero on a line.
        case linear
        /// Down to zero on half a cosine.
        case cosine
        /// Level.
        case constant
        /// Down to a minimum on half a cosine.
        case cosineWithMinimum = "cosine_with_min_lr"
        /// Level, and over the last steps down to a minimum on half a cosine; warmup begins at the minimum.
        case warmupStableDecay = "warmup_stable_decay"

        /// Whether the rate ends at a minimum that the run chooses.
        package var hasMinimum: Bool { self == .cosineWithMinimum || self == .warmupStableDecay }
    }

    package let kind: Kind
    /// The rate after warmup.
    package let peak: Double
    package let warmupSteps: Int
    package let totalSteps: Int
    /// The lowest rate as a share of the peak, of the kinds that have one.
    package let minimumShare: Double
    /// The last steps, in which `warmupStableDecay` falls.
    package let decaySteps: Int

    package init(
        kind: Kind, peak: Double, warmupSteps: Int, totalSteps: Int, minimumShare: Double = 0, decaySteps: Int = 0
    ) {
        self.kind = kind
        self.peak = peak
        self.warmupSteps = warmupSteps
        self.totalSteps = totalSteps
        self.minimumShare = minimumShare
        self.decaySteps = decaySteps
    }

    /// The rate of step `step`, counted from 0, as transformers' `get_scheduler` gives it.
    package func rate(step: Int) -> Double {
        if step < warmupSteps {
            return kind == .warmupStableDecay
                ? peak * aboveMinimum(Double(step) / Double(max(1, warmupSteps)))
                : peak * Double(step) / Double(max(1, warmupSteps))
        }
        let progress = Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps))
        switch kind {
        case .constant: return peak
        case .linear: return peak * max(0, Double(totalSteps - step) / Double(max(1, totalSteps - warmupSteps)))
        case .cosine: return peak * max(0, halfCosine(progress))
        case .cosineWithMinimum: return peak * max(0, aboveMinimum(halfCosine(progress)))
        case .warmupStableDecay:
            let falling = step - (totalSteps - decaySteps)
            if falling < 0 { return peak }
            guard falling < decaySteps else { return peak * minimumShare }
            return peak * max(0, aboveMinimum(halfCosine(Double(falling) / Double(max(1, decaySteps)))))
        }
    }

    /// From 1 down to 0 while `progress` goes from 0 to 1.
    private func halfCosine(_ progress: Double) -> Double { 0.5 * (1 + cos(.pi * progress)) }

    private func aboveMinimum(_ share: Double) -> Double { share * (1 - minimumShare) + minimumShare }
}

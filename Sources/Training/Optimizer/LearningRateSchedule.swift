import Foundation

/// The learning rate over the steps, with transformers' arithmetic.
package struct LearningRateSchedule: Sendable, Equatable {
    /// The course after warmup: down to zero on a line or half a cosine, or level.
    package enum Kind: String, Sendable, CaseIterable {
        case linear, cosine, constant
    }

    package let kind: Kind
    /// The rate after warmup.
    package let peak: Double
    package let warmupSteps: Int
    package let totalSteps: Int

    package init(kind: Kind, peak: Double, warmupSteps: Int, totalSteps: Int) {
        self.kind = kind
        self.peak = peak
        self.warmupSteps = warmupSteps
        self.totalSteps = totalSteps
    }

    /// The rate of step `step`, counted from 0, as transformers' `get_scheduler` gives it.
    package func rate(step: Int) -> Double {
        if step < warmupSteps { return peak * Double(step) / Double(max(1, warmupSteps)) }
        let progress = Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps))
        switch kind {
        case .constant: return peak
        case .linear: return peak * max(0, Double(totalSteps - step) / Double(max(1, totalSteps - warmupSteps)))
        case .cosine: return peak * max(0, 0.5 * (1 + cos(.pi * progress)))
        }
    }
}

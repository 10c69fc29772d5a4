import Foundation

extension Metrics {
    /// The mean loss per token, −(1/N) Σᵢ log p(tᵢ), over the N tokens of all rows together, so that a long row weighs
    /// more than a short one. nil for no tokens.
    package static func meanLoss(negativeLogLikelihood: Double, tokens: Int) -> Double? {
        tokens > 0 ? negativeLogLikelihood / Double(tokens) : nil
    }

    /// Perplexity, exp(mean loss): how many equally likely tokens the model hesitates between.
    ///
    /// nil where it exceeds float64 (a mean loss above 709). Reference: Jurafsky and Martin, "Speech and Language
    /// Processing", section 3.3.
    package static func perplexity(meanLoss: Double) -> Double? {
        let value = exp(meanLoss)
        return value.isFinite ? value : nil
    }
}

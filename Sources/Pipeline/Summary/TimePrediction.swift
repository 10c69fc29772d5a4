import Training

/// How long a job would take on this machine, by what a running one predicts its own end with, once a few of its steps
/// were timed.
package struct TimePrediction: Encodable, Sendable, Equatable {
    /// The whole job's after its rows are read: training to its last step, validations, scores and parity.
    package let seconds: Double
    /// Of that, training's steps.
    package let trainingSeconds: Double
    package let secondsPerStep: Double
    /// Tokens of a step, by the mean of the rows.
    package let tokensPerStep: Double
    /// Of training, updates left aside.
    package let tokensPerSecond: Double
    /// Tokens that were timed.
    package let timedTokens: Int

    /// - Parameters:
    ///   - tokensPerStep: of the rows, as often as they are drawn.
    init?(_ work: JobWork, _ timing: StepTiming, tokensPerStep: Double) {
        guard timing.tokens > 0, timing.seconds > 0 else { return nil }
        self.tokensPerStep = tokensPerStep
        tokensPerSecond = Double(timing.tokens) / timing.seconds
        secondsPerStep = tokensPerStep / tokensPerSecond + timing.updateSeconds
        trainingSeconds = Double(work.steps) * secondsPerStep
        timedTokens = timing.tokens
        var estimate = JobEstimate(work)
        estimate.trained(step: 0, average: secondsPerStep, tokens: timing.tokens, seconds: timing.seconds)
        guard let seconds = estimate.secondsLeft(in: .train, stageLeft: nil) else { return nil }
        self.seconds = seconds
    }

    enum CodingKeys: String, CodingKey {
        case seconds
        case trainingSeconds = "training_seconds"
        case secondsPerStep = "seconds_per_step"
        case tokensPerStep = "tokens_per_step"
        case tokensPerSecond = "tokens_per_second"
        case timedTokens = "timed_tokens"
    }
}

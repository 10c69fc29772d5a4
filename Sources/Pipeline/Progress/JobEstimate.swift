import JobReports

/// Predicts how long the rest of a job takes, from what its own steps took.
///
/// A stage under way goes on at the rate that was measured of it. What follows training is counted in tokens (`JobWork`)
/// and predicted at the speed of a forward pass: as it was measured while validating or scoring, before that as the share
/// of a training step. Loading weights, the analysis of the update and writing files are not counted. Before the first
/// step nothing is measured, and nothing is said.
package struct JobEstimate: Sendable {
    private let work: JobWork
    private var secondsPerStep: Double?
    private var secondsPerTrainedToken: Double?
    /// Of a forward pass, as it was measured.
    private var secondsPerScoredToken: Double?
    /// Steps made, and whether the last one's validation is over.
    private var step = 0
    private var hasValidated = false
    /// The share of the validation under way that is done.
    private var validated = 0.0

    package init(_ work: JobWork) { self.work = work }

    /// A step was made.
    ///
    /// - Parameters:
    ///   - average: seconds of a step, over all that were made.
    ///   - tokens: of this step.
    ///   - seconds: that it took.
    package mutating func trained(step: Int, average: Double, tokens: Int, seconds: Double) {
        self.step = step
        secondsPerStep = average
        if tokens > 0 { secondsPerTrainedToken = seconds / Double(tokens) }
        (hasValidated, validated) = (false, 0)
    }

    /// A share of the validation rows was computed in so many seconds; all of them where it is 1.
    package mutating func validated(share: Double, seconds: Double) {
        validated = share
        guard share > 0, work.validationTokens > 0 else { return }
        secondsPerScoredToken = seconds / (share * Double(work.validationTokens))
        if share >= 1 { hasValidated = true }
    }

    /// All evaluation rows were scored, by both models, in so many seconds.
    package mutating func scored(seconds: Double) {
        guard work.scoredTokens > 0 else { return }
        secondsPerScoredToken = seconds / Double(work.scoringModels * work.scoredTokens)
    }

    /// Seconds to the job's end; nil before enough is measured.
    ///
    /// - Parameter stageLeft: of the stage under way, as it was measured of it; nil where it has only begun, or goes on after
    ///   something else: all of it is predicted then. Training's is not asked for.
    package func secondsLeft(in stage: Stage, stageLeft: Double?) -> Double? {
        let pass = secondsPerScoredToken ?? secondsPerTrainedToken.map { $0 / work.passesPerTrainedToken }
        guard let pass else { return nil }
        let slices = pass * Double(work.scoringModels * work.scoredTokens)
        let parity = pass * work.parityTokens
        switch stage {
        case .base, .data: return nil
        case .train:
            guard let secondsPerStep else { return nil }
            let under = work.validates(at: step) && !hasValidated ? 1 - validated : 0
            let validations = (Double(work.validations(after: step)) + under) * Double(work.validationTokens)
            return Double(work.steps - step) * secondsPerStep + validations * pass + slices + parity
        case .adapter: return (stageLeft ?? 0) + slices + parity
        case .slices: return (stageLeft ?? slices) + parity
        case .parity: return stageLeft ?? parity
        case .publish: return stageLeft
        }
    }
}

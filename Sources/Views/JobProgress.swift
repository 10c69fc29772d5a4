import Foundation

/// Where a running job's training stands: `.lorad/jobs/ID/progress.json`, replaced about once a second.
package struct JobProgress: Sendable, Codable, Equatable {
    package var stage: String
    package var step: Int
    package var totalSteps: Int
    /// Nats per supervised token; nil where it is not a number.
    package var loss: Double?
    package var tokensPerSecond: Double?
    /// An estimate.
    package var secondsLeft: Double?
    package var updatedAt: Date

    private enum CodingKeys: String, CodingKey {
        case stage, step, loss
        case totalSteps = "total_steps"
        case tokensPerSecond = "tokens_per_second"
        case secondsLeft = "seconds_left"
        case updatedAt = "updated_at"
    }

    package init(
        stage: String, step: Int, totalSteps: Int, loss: Double? = nil, tokensPerSecond: Double? = nil,
        secondsLeft: Double? = nil, updatedAt: Date
    ) {
        self.stage = stage
        self.step = step
        self.totalSteps = totalSteps
        self.loss = loss
        self.tokensPerSecond = tokensPerSecond
        self.secondsLeft = secondsLeft
        self.updatedAt = updatedAt
    }
}

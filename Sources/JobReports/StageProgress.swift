/// How far a running stage is.
package struct StageProgress: Codable, Sendable, Equatable {
    /// What a stage counts.
    package enum Unit: String, Codable, Sendable {
        case bytes, rows, steps, modules, answers, files, tensors
    }

    /// Some of so many.
    package struct Part: Codable, Sendable, Equatable {
        package let done: Int
        package let total: Int

        package init(done: Int, total: Int) {
            self.done = done
            self.total = total
        }
    }

    package let stage: Stage
    package let done: Int
    package let total: Int
    package let unit: Unit
    /// Units a second since the stage began; nil before that can be told.
    package var rate: Double?
    /// Of the last training step, in nats; may be NaN or infinite.
    package var loss: Double?
    /// Tokens a second of the last training step.
    package var tokensPerSecond: Double?
    /// Batches of the validation that is under way after step `done`; nil between validations.
    package var validation: Part?
    /// Seconds that the rest of this stage takes at `rate`; nil before there is one.
    package var stageSecondsLeft: Double?
    /// Seconds that the rest of the whole job is predicted to take; nil before enough was measured to predict it.
    package var secondsLeft: Double?

    package init(
        stage: Stage, done: Int, total: Int, unit: Unit, rate: Double? = nil, loss: Double? = nil,
        tokensPerSecond: Double? = nil, stageSecondsLeft: Double? = nil, secondsLeft: Double? = nil
    ) {
        self.stage = stage
        self.done = done
        self.total = total
        self.unit = unit
        self.rate = rate
        self.loss = loss
        self.tokensPerSecond = tokensPerSecond
        self.stageSecondsLeft = stageSecondsLeft
        self.secondsLeft = secondsLeft
    }
}

import Foundation
import JobReports

/// Where a running job stands: `.lorad/jobs/ID/progress.json`, replaced about once a second.
package struct JobProgress: Sendable, Codable, Equatable {
    package var stage: String
    /// What of `totalSteps` is done, in `unit`: steps while training, rows while scoring.
    package var step: Int
    package var totalSteps: Int
    /// What the stage counts; absent of what an older lorad wrote, which counted steps.
    package var unit: StageProgress.Unit?
    /// Units a second.
    package var rate: Double?
    /// Nats per supervised token; nil where it is not a number.
    package var loss: Double?
    package var tokensPerSecond: Double?
    /// Batches of the validation under way.
    package var validation: StageProgress.Part?
    /// Of the stage, at its rate.
    package var stageSecondsLeft: Double?
    /// Of the whole job, as predicted; absent before enough was measured.
    package var secondsLeft: Double?
    package var updatedAt: Date

    private enum CodingKeys: String, CodingKey {
        case stage, step, unit, rate, loss, validation
        case totalSteps = "total_steps"
        case tokensPerSecond = "tokens_per_second"
        case stageSecondsLeft = "stage_seconds_left"
        case secondsLeft = "seconds_left"
        case updatedAt = "updated_at"
    }

    /// What a job told at a time; figures that are not finite are left out.
    package init(_ progress: StageProgress, at date: Date) {
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        stage = progress.stage.rawValue
        step = progress.done
        totalSteps = progress.total
        unit = progress.unit
        rate = finite(progress.rate)
        loss = finite(progress.loss)
        tokensPerSecond = finite(progress.tokensPerSecond)
        validation = progress.validation
        stageSecondsLeft = finite(progress.stageSecondsLeft)
        secondsLeft = finite(progress.secondsLeft)
        updatedAt = date
    }

    /// The same as it was told; nil of a stage that this lorad does not know.
    package var told: StageProgress? {
        guard let stage = Stage(rawValue: stage) else { return nil }
        var told = StageProgress(
            stage: stage, done: step, total: totalSteps, unit: unit ?? .steps, rate: rate, loss: loss,
            tokensPerSecond: tokensPerSecond, stageSecondsLeft: stageSecondsLeft, secondsLeft: secondsLeft)
        told.validation = validation
        return told
    }
}

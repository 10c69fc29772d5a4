import JobReports
import Pipeline
import Testing

@Suite("How long the rest of a job takes")
struct JobEstimateTests {
    /// 10 steps; validated after 4, 8 and 10; 1,000 tokens each time. 5,000 tokens scored by each of two models. 8 prompts.
    private static let work = {
        var work = JobWork()
        (work.steps, work.validateEvery, work.validationTokens) = (10, 4, 1_000)
        (work.scoredTokens, work.promptTokens, work.drawnTokens) = (5_000, 200, 10)
        return work
    }()

    /// A step of 100 tokens takes 2 s: 0.02 s a token, and 0.01 s for a token of a forward pass.
    private func estimate(_ work: JobWork = work, after step: Int = 1) -> JobEstimate {
        var estimate = JobEstimate(work)
        estimate.trained(step: step, average: 2, tokens: 100, seconds: 2)
        return estimate
    }

    /// 2 models · 5,000 tokens · 0.01 s.
    private static let slices = 100.0
    /// 3 models · (200 tokens + 40 · 10 drawn) · 0.01 s.
    private static let parity = 18.0

    private func close(_ left: Double?, to expected: Double) -> Bool { left.map { abs($0 - expected) < 1e-6 } ?? false }

    @Test("Nothing is said before a step was measured, whatever the stage's own time", arguments: Stage.allCases)
    func unmeasured(stage: Stage) {
        #expect(JobEstimate(Self.work).secondsLeft(in: stage, stageLeft: 7) == nil)
    }

    @Test("At the first step the time is the whole job's: steps, validations, slices and parity")
    func firstStep() {
        #expect(close(estimate().secondsLeft(in: .train, stageLeft: nil), to: 18 + 3 * 10 + Self.slices + Self.parity))
        var none = Self.work
        (none.validationTokens, none.scoredTokens) = (0, 0)
        #expect(close(estimate(none).secondsLeft(in: .train, stageLeft: nil), to: 18 + Self.parity))
    }

    @Test("Before the first step no validation is under way")
    func beforeSteps() {
        #expect(!Self.work.validates(at: 0) && Self.work.validates(at: 4))
        #expect(
            close(
                estimate(after: 0).secondsLeft(in: .train, stageLeft: nil), to: 20 + 3 * 10 + Self.slices + Self.parity)
        )
    }

    @Test("A validation under way counts as far as it is left, at the speed that was measured of it")
    func validating() {
        var estimate = estimate(after: 4)
        // Before it: 6 steps, and validations after 4, 8 and 10.
        #expect(close(estimate.secondsLeft(in: .train, stageLeft: nil), to: 12 + 30 + Self.slices + Self.parity))
        // Half of it took 10 s: twice as long a token as predicted, for all that is scored.
        estimate.validated(share: 0.5, seconds: 10)
        #expect(
            close(
                estimate.secondsLeft(in: .train, stageLeft: nil), to: 12 + 2.5 * 20 + 2 * Self.slices + 2 * Self.parity)
        )
        estimate.validated(share: 1, seconds: 20)
        #expect(
            close(estimate.secondsLeft(in: .train, stageLeft: nil), to: 12 + 2 * 20 + 2 * Self.slices + 2 * Self.parity)
        )
        estimate.trained(step: 5, average: 2, tokens: 100, seconds: 2)
        #expect(
            close(estimate.secondsLeft(in: .train, stageLeft: nil), to: 10 + 2 * 20 + 2 * Self.slices + 2 * Self.parity)
        )
    }

    @Test("After training each stage has its own measured rest, and what follows it as predicted")
    func later() {
        var estimate = estimate(after: 10)
        #expect(close(estimate.secondsLeft(in: .adapter, stageLeft: 3), to: 3 + Self.slices + Self.parity))
        #expect(close(estimate.secondsLeft(in: .slices, stageLeft: nil), to: Self.slices + Self.parity))
        #expect(close(estimate.secondsLeft(in: .slices, stageLeft: 60), to: 60 + Self.parity))
        // The slices took half of what was predicted: so will parity.
        estimate.scored(seconds: 50)
        #expect(close(estimate.secondsLeft(in: .slices, stageLeft: 0), to: Self.parity / 2))
        // Of a stage that has only begun, all of it.
        #expect(close(estimate.secondsLeft(in: .parity, stageLeft: nil), to: Self.parity / 2))
        #expect(close(estimate.secondsLeft(in: .parity, stageLeft: 4), to: 4))
        #expect(close(estimate.secondsLeft(in: .publish, stageLeft: 1), to: 1))
    }

    @Test(
        "Validations to come are counted as the training loop makes them",
        arguments: [0, 1, 3, 4, 5, 10, 11])
    func validations(every: Int) {
        var work = Self.work
        work.validateEvery = every
        // As `Trainer.run` decides it.
        let made = (1...10).filter { $0 == 10 || every > 0 && $0 % every == 0 }
        for step in 0...10 {
            let later = made.filter { $0 > step }
            #expect(work.validations(after: step) == later.count, "after \(step) of every \(every)")
            if step > 0 { #expect(work.validates(at: step) == made.contains(step)) }
        }
    }
}

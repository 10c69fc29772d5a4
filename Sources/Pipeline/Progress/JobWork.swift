/// What a job has to compute, counted before it trains: what its time is predicted from.
package struct JobWork: Sendable, Equatable {
    /// Optimizer steps.
    package var steps = 0
    /// Steps between validations; 0 validates after the last step alone.
    package var validateEvery = 0
    /// Tokens of one validation; 0 where there are no rows to validate on.
    package var validationTokens = 0
    /// Tokens that one model is fed to score every evaluation row.
    package var scoredTokens = 0
    /// Tokens that one model is fed, many at a time, to answer every regression prompt.
    package var promptTokens = 0
    /// Tokens that one model draws, one after the other, to answer every regression prompt; the most it may.
    package var drawnTokens = 0
    /// How many forward passes a token's training step costs: the pass itself and one of the same size backward, as
    /// frozen weights get no gradient; with activation checkpointing another one forward.
    package var passesPerTrainedToken = 2.0

    /// Models that score the evaluation rows: base and adapter, and those that the run is held against.
    package var scoringModels = 2

    /// Adapter, base and merged weights answer the prompts; base and adapter alone where there is no merging.
    package var answeringModels = 3

    package init() {}

    /// What drawing a token costs, in tokens of a forward pass over many: it reads every weight for one row. Between 20
    /// and 80 in Benchmarks/results, by how much faster a machine computes than it reads memory.
    package static let passesPerDrawnToken = 40.0

    /// How many validations follow step `step`, its own excluded.
    package func validations(after step: Int) -> Int {
        guard validationTokens > 0, step < steps else { return 0 }
        guard validateEvery > 0 else { return 1 }
        let due = steps / validateEvery - step / validateEvery
        return steps % validateEvery == 0 ? due : due + 1
    }

    /// Whether a validation follows step `step` at once.
    package func validates(at step: Int) -> Bool {
        guard validationTokens > 0, step > 0 else { return false }
        return step == steps || validateEvery > 0 && step % validateEvery == 0
    }

    /// Tokens of a forward pass that the parity of merged weights costs as much as.
    package var parityTokens: Double {
        Double(answeringModels) * (Double(promptTokens) + Self.passesPerDrawnToken * Double(drawnTokens))
    }
}

import Adapters
import Evaluation
import Reports
import Tokenizers
import Transformers

/// Measures how long a token takes to be drawn, with an adapter and without.
struct DecodingLatency {
    let tokenizer: any Tokenizer
    let prompts: [RegressionPrompt]

    /// Base and adapter take turns, so that a machine that slows down slows both.
    private static let rounds = 5
    private static let tokensPerRound = 16

    /// - Parameter adapter: attached to the model; enabled or not, it is left disabled.
    /// - Returns: nil where texts are classified, or no prompt leaves room for tokens.
    /// - Throws: as `LanguageModel.decode`.
    func measure(_ model: LanguageModel, _ adapter: Adapter) throws -> LatencyReport? {
        guard model.classifier == nil, let prompt = prompts.first else { return nil }
        adapter.setEnabled(true)
        let ids = tokenizer.encodeBeginning(prompt.prompt)
        let count = min(Self.tokensPerRound, model.maximumLength - ids.count)
        guard count > 0, !ids.isEmpty else { return nil }
        var milliseconds: (base: [Double], adapter: [Double]) = ([], [])
        for round in 0...Self.rounds {
            for isEnabled in [true, false] {
                adapter.setEnabled(isEnabled)
                let found = try draw(count, after: ids, model)
                // The first round's memory is fresh.
                guard round > 0 else { continue }
                if isEnabled { milliseconds.adapter += found } else { milliseconds.base += found }
            }
        }
        return LatencyReport(
            baseMillisecondsPerToken: Self.median(milliseconds.base),
            adapterMillisecondsPerToken: Self.median(milliseconds.adapter), tokens: milliseconds.base.count)
    }

    /// Milliseconds of each of some tokens, all the same one: what is drawn does not change what that takes.
    private func draw(_ count: Int, after ids: [Int], _ model: LanguageModel) throws -> [Double] {
        let cache = try model.makeCache(capacity: ids.count + count)
        _ = try model.decode(ids, cache: cache)
        let clock = ContinuousClock()
        return try (0..<count).map { _ in
            let duration = try clock.measure { _ = try model.decode([ids[0]], cache: cache) }
            return duration / .milliseconds(1)
        }
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

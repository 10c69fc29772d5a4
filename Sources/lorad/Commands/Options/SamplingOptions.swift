import ArgumentParser
import Evaluation

/// How `lorad generate` chooses tokens.
package struct SamplingOptions: ParsableArguments {
    @Option(help: "Draw each token from the probabilities at this temperature, above 0; 0 takes the likeliest.")
    var temperature = 0.0
    @Option(help: "With --temperature: draw among the likeliest tokens that hold this share of the probability.")
    var topP = 1.0
    @Option(help: "With --temperature: another seed draws another text, the same one draws the same.")
    var seed: UInt64 = 0

    package init() {}

    package var choice: TokenChoice {
        temperature > 0 ? .sampled(Sampling(temperature: temperature, topP: topP, seed: seed)) : .greedy
    }

    package func validate() throws {
        guard temperature >= 0, temperature <= 100 else {
            throw ValidationError("--temperature \(temperature) is not in the range 0 to 100.")
        }
        guard topP > 0, topP <= 1 else { throw ValidationError("--top-p \(topP) is not above 0 and at most 1.") }
        guard temperature > 0 || (topP == 1 && seed == 0) else {
            throw ValidationError("--top-p and --seed go with a --temperature above 0.")
        }
    }
}

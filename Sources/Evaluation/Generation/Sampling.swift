import Foundation
import Tensors

/// A token drawn from softmax(logits / T) among the most probable ones, nucleus sampling: those that less than
/// `topP` of the probability stands before.
///
/// As transformers' `TemperatureLogitsWarper` and `TopPLogitsWarper` in this order, without its `top_k`, which is 50 where
/// nobody says otherwise. The draws are lorad's own: a pure function of the seed and the token's place.
/// Reference: Holtzman et al., "The curious case of neural text degeneration" (https://arxiv.org/abs/1904.09751).
package struct Sampling: Sendable, Equatable {
    package let temperature: Double
    package let topP: Double
    package let seed: UInt64

    /// - Parameters:
    ///   - temperature: above 0.
    ///   - topP: above 0, at most 1, which leaves every token in.
    package init(temperature: Double, topP: Double = 1, seed: UInt64 = 0) {
        precondition(temperature > 0 && temperature.isFinite && topP > 0 && topP <= 1)
        (self.temperature, self.topP, self.seed) = (temperature, topP, seed)
    }

    func next(_ logits: [Float], place: Int) -> Int? {
        guard let kept = nucleus(logits) else { return nil }
        let random = Philox(seed: seed, stream: .generation).uniform(step: UInt64(place), position: 0)
        // Less than all of it, whatever the sum rounds to.
        var left = Double(random) * kept.reduce(0) { $0 + $1.weight }
        for token in kept {
            left -= token.weight
            if left < 0 { return token.id }
        }
        return kept.last?.id
    }

    /// The tokens that may be drawn, the most probable first and of equals the lowest id, each with its share of the
    /// probability of all; nil where a logit is not finite.
    package func nucleus(_ logits: [Float]) -> [(id: Int, weight: Double)]? {
        guard let largest = logits.max(), logits.allSatisfy(\.isFinite) else { return nil }
        let exponentials = logits.map { exp((Double($0) - Double(largest)) / temperature) }
        let sum = exponentials.reduce(0, +)
        let order = exponentials.indices.sorted {
            (exponentials[$0], $1) > (exponentials[$1], $0)
        }
        var kept: [(id: Int, weight: Double)] = []
        var before = 0.0
        for id in order where topP == 1 || before < topP {
            kept.append((id, exponentials[id] / sum))
            before += exponentials[id] / sum
        }
        return kept
    }
}

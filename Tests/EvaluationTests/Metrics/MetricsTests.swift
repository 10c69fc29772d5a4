import Evaluation
import Foundation
import Testing

@Suite("Metrics by hand")
struct MetricsTests {
    @Test("Four tokens of probability 1/2 have loss ln 2 and perplexity 2")
    func perplexity() {
        let loss = Metrics.meanLoss(negativeLogLikelihood: 4 * 0.693147180559945, tokens: 4)
        expectClose(loss, 0.693147180559945)
        expectClose(loss.flatMap(Metrics.perplexity(meanLoss:)), 2)
    }

    @Test("No tokens have no loss, and a loss beyond float64's exponent has no perplexity")
    func noPerplexity() {
        #expect(Metrics.meanLoss(negativeLogLikelihood: 0, tokens: 0) == nil)
        #expect(Metrics.perplexity(meanLoss: 710) == nil)
        #expect(Metrics.perplexity(meanLoss: 709) != nil)
    }

    @Test("Log-sum-exp of nothing, and of nothing but impossible values, is −∞")
    func emptyLogSumExp() {
        #expect(Metrics.logSumExp([Double]()) == -.infinity)
        #expect(Metrics.logSumExp([-.infinity, -.infinity]) == -.infinity)
        expectClose(Metrics.logSumExp([-.infinity, 3.0]), 3)
    }

    @Test("KL divergence is not symmetric, and 0 only between equal distributions")
    func kullbackLeibler() {
        // p = (1/2, 1/2), q = (3/4, 1/4): KL(p‖q) = ½ ln(2/3) + ½ ln 2 = ½ ln(4/3); KL(q‖p) = ¾ ln 3 − ln 2.
        let p: [Float] = [0, 0]
        let q: [Float] = [Float(log(3.0)), 0]
        expectClose(Metrics.kullbackLeibler(p, q), 0.5 * log(4.0 / 3), tolerance: 1e-7)
        expectClose(Metrics.kullbackLeibler(q, p), 0.75 * log(3.0) - log(2.0), tolerance: 1e-7)
        #expect(Metrics.kullbackLeibler(p, p) == 0)
        // The same distribution from other logits: 0 but for rounding.
        expectClose(Metrics.kullbackLeibler(p, [5, 5]), 0, tolerance: 1e-15)
    }

    @Test("A confidence on a bin's upper edge belongs to that bin")
    func binEdges() {
        // 1/15 and a little less share bin 1, where the gaps of right and wrong cancel: |1 − 2/15| / 2 on average.
        let edge = 1.0 / 15
        expectClose(
            Metrics.expectedCalibrationError(confidences: [edge, edge], correct: [true, false]), (1 - 2 / 15.0) / 2)
        // A little more lies in bin 2, so the gaps add up: (14/15 + 1/15 + 0.001) / 2.
        expectClose(
            Metrics.expectedCalibrationError(confidences: [edge, edge + 0.001], correct: [true, false]), 1.001 / 2)
    }

    @Test("Predictions that are right as often as they say are calibrated")
    func calibrated() {
        let found = Metrics.expectedCalibrationError(
            confidences: [0.75, 0.75, 0.75, 0.75], correct: [true, false, true, true])
        #expect(found == 0)
        #expect(Metrics.expectedCalibrationError(confidences: [], correct: []) == nil)
    }

    @Test("Wilson's interval has the textbook value for 8 of 10, and stays inside [0, 1]")
    func wilson() {
        // With z² = 3.8415: centre (0.8 + 0.19207) / 1.38415, half width 1.95996 · √(0.016 + 0.0096037) / 1.38415.
        let interval = Metrics.wilsonInterval(successes: 8, trials: 10)
        expectClose(interval?.lowerBound, 0.490162, tolerance: 1e-6)
        expectClose(interval?.upperBound, 0.943318, tolerance: 1e-6)
        #expect(Metrics.wilsonInterval(successes: 0, trials: 3)?.lowerBound == 0)
        #expect(Metrics.wilsonInterval(successes: 3, trials: 3)?.upperBound == 1)
        #expect(Metrics.wilsonInterval(successes: 0, trials: 0) == nil)
        #expect(Metrics.wilsonInterval(successes: 4, trials: 3) == nil)
    }

    @Test("Accuracy is the share of trues, and nothing for no trials")
    func accuracy() {
        #expect(Metrics.accuracy([true, false, true, true]) == 0.75)
        #expect(Metrics.accuracy([]) == nil)
    }

    @Test("The difference of two rows of logits is its largest element and the sum of its squares")
    func logitDifference() {
        let found = Metrics.logitDifference([1, -2, 3], [1.5, 1, 3])
        #expect(found.maximum == 3)
        #expect(found.squaredSum == 9.25)
    }

    @Test("Top-1 agreement counts equal choices, ties going to the lowest id")
    func top1() {
        let a: [[Float]] = [[0, 1], [2, 2], [5, 0], [0, 1]]
        let b: [[Float]] = [[1, 0], [3, 1], [1, 1], [0, 9]]
        #expect(Metrics.top1Agreement(a, b) == 0.75)
        #expect(Metrics.top1Agreement([], []) == nil)
    }

    @Test("The largest value's lowest index wins; a NaN or an infinity makes it meaningless")
    func largest() {
        #expect(argmax([1, 3, 3, 2]) == 1)
        #expect(argmax([-5]) == 0)
        #expect(argmax([]) == nil)
        #expect(argmax([1, .nan, 2]) == nil)
        #expect(argmax([1, .infinity]) == nil)
        #expect(argmax([-.infinity, 1]) == nil)
    }

    @Test("A label's score is its log-softmax, and greedy only for the choice that decoding would make")
    func labelScore() {
        let logits: [Float] = [0, Float(log(2.0)), Float(log(2.0)), -1]
        // exp: 1 + 2 + 2 + 0.3679; the first of the two largest is chosen.
        let first = LabelScore(logits: logits, target: 1)
        let second = LabelScore(logits: logits, target: 2)
        expectClose(Double(first.logProbability), log(2 / (5 + exp(-1.0))), tolerance: 1e-6)
        #expect(first.logProbability == second.logProbability)
        #expect(first.isGreedy && !second.isGreedy)
    }
}

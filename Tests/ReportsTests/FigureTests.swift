import Foundation
import Reports
import Testing

@Suite struct FigureTests {
    /// Expected ends computed with statsmodels' formula, `proportion_confint(k, n, method="wilson")`.
    @Test(
        "The Wilson interval has the published ends",
        arguments: [(8, 10, 0.490162, 0.943318), (0, 10, 0, 0.277533), (10, 10, 0.722467, 1)])
    func wilson(right: Int, of count: Int, low: Double, high: Double) throws {
        let interval = try #require(WilsonInterval(share: Double(right) / Double(count), of: count))
        #expect(abs(interval.low - low) < 1e-6)
        #expect(abs(interval.high - high) < 1e-6)
    }

    @Test("No interval is made up where nothing was counted or the share is none")
    func noInterval() {
        #expect(WilsonInterval(share: 0.5, of: 0) == nil)
        #expect(WilsonInterval(share: .nan, of: 10) == nil)
        #expect(WilsonInterval(share: 1.5, of: 10) == nil)
    }

    @Test("A score's perplexity is exp of its loss")
    func perplexity() {
        #expect(SliceScore(loss: 2, rows: 4).perplexity == exp(2))
    }

    @Test("Directions for a share of the energy are counted from the largest")
    func directions() {
        let module = ModuleAnalysis(module: "m", singularValues: [3, 1, 1], relativeFrobeniusNorm: 0.1)
        #expect(module.directions(holding: 0.8) == 1)
        #expect(module.directions(holding: 0.9) == 2)
        #expect(module.directions(holding: 1) == 3)
        let zero = ModuleAnalysis(module: "m", singularValues: [0, 0], relativeFrobeniusNorm: 0)
        #expect(zero.directions(holding: 0.9) == 0)
    }
}

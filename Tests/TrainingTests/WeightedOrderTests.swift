import Testing
import Training

@Suite("Rows drawn by weights")
struct WeightedOrderTests {
    private func configuration(_ weights: [(Range<Int>, Double)], seed: UInt64 = 42) -> TrainingConfiguration {
        var configuration = TrainingConfiguration(steps: 10)
        configuration.batchSize = 8
        configuration.seed = seed
        configuration.weights = weights.map { WeightedRows(rows: $0.0, weight: $0.1) }
        return configuration
    }

    private func rows(_ order: inout StepRows, _ step: Int) -> [Int] {
        var rows: [Int] = []
        order.take(step: step, into: &rows)
        return rows
    }

    @Test("Every source is drawn as often as its weight says, whatever its size")
    func shares() {
        var order = StepRows(count: 103, configuration([(0..<3, 3), (3..<103, 1)]))
        let drawn = (0..<1_000).flatMap { rows(&order, $0) }
        let share = Double(drawn.count { $0 < 3 }) / 8_000
        // Five standard deviations.
        #expect(abs(share - 0.75) < 5 * (0.75 * 0.25 / 8_000).squareRoot(), "\(share)")
        #expect(Set(drawn) == Set(0..<103))
    }

    @Test("A source's rows are all taken before one is taken again")
    func shuffles() {
        var order = StepRows(count: 10, configuration([(0..<4, 1), (4..<10, 1)]))
        let drawn = (0..<20).flatMap { rows(&order, $0) }
        for range in [0..<4, 4..<10] {
            let own = drawn.filter(range.contains)
            for start in stride(from: 0, to: own.count - range.count, by: range.count) {
                #expect(Set(own[start..<(start + range.count)]) == Set(range))
            }
        }
    }

    @Test("A step's rows depend on seed and number alone: asked for in any order they are the same")
    func anyOrder() {
        let weights = [(0..<5, 0.2), (5..<50, 0.8)]
        var forward = StepRows(count: 50, configuration(weights))
        let all = (0..<30).map { rows(&forward, $0) }
        var back = StepRows(count: 50, configuration(weights))
        for step in [29, 3, 4, 17, 0] { #expect(rows(&back, step) == all[step]) }
        var other = StepRows(count: 50, configuration(weights, seed: 43))
        #expect(rows(&other, 0) != all[0])
    }

    @Test("Without weights steps take what they always took")
    func shuffled() {
        var order = StepRows(count: 20, configuration([]))
        let known = BatchOrder(count: 20, batchSize: 8, seed: 42)
        for step in 0..<6 { #expect(rows(&order, step) == known.rows(step: step)) }
    }
}

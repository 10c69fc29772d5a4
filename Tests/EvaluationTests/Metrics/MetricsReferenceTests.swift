import Evaluation
import ModelFiles
import TestSupport
import Testing

@Suite("Metrics against scripts/reference/evaluation_values.py")
struct MetricsReferenceTests {
    private func cases(_ metric: String) throws -> [JSONValue] {
        let cases = try #require(try Fixtures.json("evaluation/metrics.json")[metric]?.arrayValue)
        #expect(!cases.isEmpty)
        return cases
    }

    @Test("Log-sum-exp has the value of 50-digit decimals, far outside the range of exp too")
    func logSumExp() throws {
        for golden in try cases("log_sum_exp") {
            let values = golden["values"]?.doubles ?? []
            expectClose(Metrics.logSumExp(values), try #require(golden["expected"]?.doubleValue))
        }
    }

    @Test("Softmax has the value of 50-digit decimals")
    func softmax() throws {
        for golden in try cases("softmax") {
            let found = Metrics.softmax(golden["values"]?.doubles ?? [])
            let expected = golden["expected"]?.doubles ?? []
            #expect(found.count == expected.count)
            for (value, wanted) in try paired(found, expected) { expectClose(value, wanted) }
        }
    }

    @Test("KL divergence has the value of 50-digit decimals")
    func kullbackLeibler() throws {
        for golden in try cases("kullback_leibler") {
            let rows = [golden["p"], golden["q"]].map { $0?.doubles.map { Float($0) } ?? [] }
            // The logits themselves are float32.
            let expected = try #require(golden["expected"]?.doubleValue)
            expectClose(Metrics.kullbackLeibler(rows[0], rows[1]), expected, tolerance: 1e-9)
        }
    }

    @Test("Calibration error is the sum over 15 bins done bin by bin")
    func calibration() throws {
        for golden in try cases("calibration_error") {
            let found = Metrics.expectedCalibrationError(
                confidences: golden["confidences"]?.doubles ?? [], correct: golden["correct"]?.booleans ?? [])
            expectClose(found, try #require(golden["expected"]?.doubleValue))
        }
    }

    @Test("Wilson's bounds are the roots of the equation that defines them")
    func wilson() throws {
        for golden in try cases("wilson") {
            let found = Metrics.wilsonInterval(
                successes: try #require(golden["successes"]?.intValue), trials: try #require(golden["trials"]?.intValue)
            )
            let expected = golden["expected"]?.doubles ?? []
            expectClose(found?.lowerBound, expected[0], tolerance: 1e-9)
            expectClose(found?.upperBound, expected[1], tolerance: 1e-9)
        }
    }
}

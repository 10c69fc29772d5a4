import Evaluation
import ModelFiles
import TestSupport
import Testing

@Suite("GLUE's metrics against scripts/reference/classification_metrics.py")
struct ClassificationMetricsTests {
    private func cases(_ kind: String) throws -> [JSONValue] {
        let cases = try #require(try Fixtures.json("classification-metrics/metrics.json")[kind]?.arrayValue)
        #expect(!cases.isEmpty)
        return cases
    }

    @Test("Accuracy, F1 and Matthews are scikit-learn's, degenerate predictions included")
    func classes() throws {
        for golden in try cases("classes") {
            let truths = try #require(golden["truths"]?.arrayValue).compactMap(\.intValue)
            let predictions = try #require(golden["predictions"]?.arrayValue).compactMap(\.intValue)
            let count = try #require(golden["classes"]?.intValue)
            let matrix = ConfusionMatrix(truths: truths, predictions: predictions, classes: count)
            let correct = zip(truths, predictions).map { $0 == $1 }
            expectClose(Metrics.accuracy(correct), try #require(golden["accuracy"]?.doubleValue))
            expectClose(Metrics.f1(matrix), try #require(golden["f1"]?.doubleValue))
            expectClose(Metrics.matthews(matrix), try #require(golden["matthews"]?.doubleValue))
        }
    }

    @Test("Pearson and Spearman are scipy's with ties, and nil where scipy has NaN")
    func values() throws {
        for golden in try cases("values") {
            let x = golden["x"]?.doubles ?? []
            let y = golden["y"]?.doubles ?? []
            for (found, key) in [(Metrics.pearson(x, y), "pearson"), (Metrics.spearman(x, y), "spearman")] {
                if let expected = golden[key]?.doubleValue {
                    expectClose(found, expected)
                } else {
                    #expect(found == nil, "\(golden["name"]?.stringValue ?? "")")
                }
            }
        }
    }

    @Test("No rows have no metrics")
    func empty() {
        let nothing = ConfusionMatrix(truths: [], predictions: [], classes: 2)
        #expect(Metrics.f1(nothing) == nil)
        #expect(Metrics.matthews(nothing) == nil)
        #expect(Metrics.pearson([1], [1]) == nil)
    }
}

import Foundation
import ReportSupport
import Reports
import Testing

@Suite("Slices as results of lm-evaluation-harness")
struct HarnessResultsTests {
    private func written(_ report: RunReport, of model: String = "adapter") throws -> [String: Any] {
        let results = try #require(HarnessResults(report, of: model))
        return try #require(try JSONSerialization.jsonObject(with: results.encoded()) as? [String: Any])
    }

    /// As the harness computes it of every row: `sample_stddev(arr) / sqrt(len(arr))`.
    private func standardError(right: Int, of rows: Int) -> Double {
        let values = (0..<rows).map { $0 < right ? 1.0 : 0.0 }
        let mean = values.reduce(0, +) / Double(rows)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(rows - 1)).squareRoot() / Double(rows).squareRoot()
    }

    @Test("Each slice is a task with the harness's metrics, their standard errors, and numbers of rows")
    func layout() throws {
        var report = SampleReport.succeeded()
        report.slices = [
            SliceReport(
                name: "all", rows: 40, dropped: 2,
                base: SliceScore(loss: 1, accuracy: 0.5, calibrationError: 0.1, rows: 40),
                adapter: SliceScore(loss: 0.5, accuracy: 0.775, calibrationError: 0.1, rows: 40)),
            SliceReport(
                name: "news", rows: 1, base: SliceScore(loss: 1, rows: 1), adapter: SliceScore(loss: 2, rows: 1)),
        ]
        let written = try written(report)
        let results = try #require(written["results"] as? [String: [String: Any]])
        #expect(Set(results.keys) == ["sentiment", "sentiment_news"])
        let all = try #require(results["sentiment"])
        #expect(all["alias"] as? String == "all" && all["acc,none"] as? Double == 0.775)
        let error = try #require(all["acc_stderr,none"] as? Double)
        #expect(abs(error - standardError(right: 31, of: 40)) < 1e-15)
        let perplexity = try #require(all["token_perplexity,none"] as? Double)
        #expect(abs(perplexity - exp(0.5)) < 1e-12 && all["token_perplexity_stderr,none"] as? String == "N/A")
        #expect(results["sentiment_news"]?["acc,none"] == nil)
        let samples = try #require(written["n-samples"] as? [String: [String: Int]])
        #expect(samples["sentiment"] == ["original": 42, "effective": 40])
        #expect((written["n-shot"] as? [String: Int]) == ["sentiment": 0, "sentiment_news": 0])
        #expect((written["higher_is_better"] as? [String: [String: Bool]])?["sentiment"]?["acc"] == true)
        #expect((written["versions"] as? [String: Int])?.count == 2)
        let configurations = try #require(written["configs"] as? [String: [String: Any]])
        #expect(configurations["sentiment"]?["output_type"] as? String == "multiple_choice")
        #expect(configurations["sentiment_news"]?["output_type"] as? String == "loglikelihood")
        #expect((written["config"] as? [String: Any])?["model"] as? String == "lorad")
    }

    @Test("Another model's scores are its own; one that was not scored has none")
    func models() throws {
        let report = SampleReport.succeeded()
        let base = try #require(try written(report, of: "base")["results"] as? [String: [String: Any]])
        #expect(base["sentiment"]?["acc,none"] as? Double == report.slices[0].base.accuracy)
        #expect(HarnessResults(report, of: "champion") == nil && HarnessResults(SampleReport.failed()) == nil)
    }

    @Test("Of one row, and of text that is compared whole")
    func others() throws {
        var report = SampleReport.succeeded()
        report.slices = [
            SliceReport(
                name: "all", rows: 1, base: SliceScore(loss: 1, accuracy: 0, rows: 1),
                adapter: SliceScore(loss: 1, accuracy: 1, rows: 1))
        ]
        let results = try #require(try written(report)["results"] as? [String: [String: Any]])
        #expect(results["sentiment"]?["exact_match,none"] as? Double == 1)
        #expect(results["sentiment"]?["exact_match_stderr,none"] as? String == "N/A")
    }
}

import Foundation
import ReportSupport
import Reports
import Testing

@Suite("What a report answers first")
struct ReportAnswersTests {
    private func slice(_ before: Double, _ after: Double, rows: Int, p: Double?) -> SliceReport {
        SliceReport(
            name: "all", rows: rows, base: SliceScore(loss: 1, accuracy: before, rows: rows),
            adapter: SliceScore(loss: 1, accuracy: after, rows: rows),
            comparison: p.map { ComparisonReport(pValue: $0, rows: rows, onlyBefore: 3, onlyAfter: 9) })
    }

    private func page(_ change: (inout RunReport) -> Void) -> String {
        var report = SampleReport.succeeded()
        change(&report)
        return ReportPage.render(report)
    }

    @Test("Better where the intervals are apart, or where they meet and the same rows tell")
    func better() {
        #expect(page { $0.slices = [slice(0.5, 0.9, rows: 1000, p: nil)] }.contains("<b class=\"pass\">✓ Yes</b>"))
        #expect(page { $0.slices = [slice(0.50, 0.54, rows: 500, p: 0.01)] }.contains("<b class=\"pass\">✓ Yes</b>"))
        let open = page { $0.slices = [slice(0.50, 0.54, rows: 500, p: 0.2)] }
        #expect(open.contains("<b class=\"open\">○ Not told apart</b>"))
        #expect(open.contains("p = 0.20 by McNemar’s exact test on the same 500 rows"))
        #expect(page { $0.slices = [slice(0.50, 0.54, rows: 500, p: nil)] }.contains("○ Not told apart"))
        #expect(page { $0.slices = [slice(0.9, 0.5, rows: 1000, p: nil)] }.contains("✗ No, worse"))
    }

    @Test("A run without evaluation data is not scored: no green tick, and the lines to add")
    func unscored() {
        let page = page { report in
            report.slices = []
            report.gates = []
            report.provenance.datasets.removeAll { $0.role == .evaluation || $0.role == .validation }
        }
        #expect(page.contains("○ not scored</span></h1>") && !page.contains("✓ succeeded"))
        #expect(page.contains("  data: PATH/TO/ROWS.jsonl"))
        #expect(!page.contains("stands in the validation") && !page.contains("stand in the data that judge"))
    }

    @Test("What changed since the last run: figure, flipped rows with their texts, settings")
    func changes() {
        let comparison = ComparisonReport(pValue: 0.03, rows: 500, onlyBefore: 5, onlyAfter: 16)
        let page = page { report in
            report.gates.removeLast()
            report.changes = ChangesReport(
                run: "20261123T002603Z-1a2b3c4d", finishedAt: report.provenance.finishedAt,
                metrics: [
                    MetricChange(slice: "movies", metric: "accuracy", before: 0.8, after: 0.84, comparison: comparison)
                ],
                flips: FlippedRows(
                    compared: 500, nowRight: 16, nowWrong: 5,
                    rows: [FlippedRow(line: 7, slice: "movies", isRight: false, text: "<b>a gem</b>")]),
                settings: [SettingChange(key: "training.seed", before: "0", after: "1")])
        }
        #expect(page.contains("<b class=\"pass\">✓ Accuracy +4.0 points</b>"))
        #expect(page.contains("16 rows are right now, 5 wrong") && page.contains("1 settings or files changed"))
        #expect(page.contains("&lt;b&gt;a gem&lt;/b&gt;") && !page.contains("<b>a gem"))
        #expect(page.contains("training.seed") && page.contains("20 more are in scores.jsonl"))
        #expect(ReportPage.render(SampleReport.succeeded()).contains("Since the last run") == false)
    }

    @Test("The headline is the figure that gates judge on all rows, else the first gate's, else accuracy")
    func headline() throws {
        var report = SampleReport.succeeded()
        #expect(try #require(Headline(report)).metric == "loss")
        report.gates.removeLast()
        let movies = try #require(Headline(report))
        #expect(movies.slice == "movies" && movies.metric == "accuracy" && movies.base == 0.77)
        report.gates = []
        #expect(try #require(Headline(report)).slice == "all")
        report.slices = []
        #expect(Headline(report) == nil)
    }
}

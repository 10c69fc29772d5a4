import Foundation
import FoundationXML
import ReportSupport
import Reports
import Testing

@Suite("Which step was kept, and what an adapter went on from")
struct WarmStartReportTests {
    private func training(kept: Int, value: Double = 0.5, last: Double = 0.75) -> TrainingReport {
        var training = SampleReport.training(steps: 60)
        training.best = CheckpointReport(
            metric: "validation_loss", step: 40, value: value, lastStep: 60, lastValue: last, keptStep: kept)
        return training
    }

    @Test("The better step is named whichever was published; of equals the last is none the worse")
    func sentences() {
        #expect(CheckpointSentence.render(SampleReport.training(steps: 60)) == nil)
        let best = CheckpointSentence.render(training(kept: 40))
        #expect(
            best
                == "The adapter is that of step 40, which had the best validation loss: 0.500, and 0.750 after step 60, the last."
        )
        let last = CheckpointSentence.render(training(kept: 60))
        #expect(last?.contains("Step 40 was better: its validation loss was 0.500, and 0.750 after step 60.") == true)
        #expect(last?.contains("training.best: {keep: best}") == true)
        let equal = CheckpointSentence.render(training(kept: 60, last: 0.5))
        #expect(equal == "The adapter is that of the last step, which had the best validation loss.")
    }

    @Test("The page names the parent and holds the adapter against it, and is well-formed; JSON keeps both")
    func parent() throws {
        var report = SampleReport.succeeded()
        #expect(!ReportPage.render(report).contains("went on from"))
        report.training = training(kept: 60)
        report.provenance.parent = ParentProvenance(
            initFrom: "<sentiment>", path: "outbox/<sentiment>/run", sha256: String(repeating: "a", count: 64))
        report.slices[0].parent = SliceScore(loss: 0.6, accuracy: 0.85, rows: report.slices[0].rows)
        report.slices[0].parentComparison = ComparisonReport(
            pValue: 0.01, rows: report.slices[0].rows, onlyBefore: 3, onlyAfter: 20)
        let page = ReportPage.render(report)
        #expect(XMLParser(data: Data(page.utf8)).parse())
        #expect(page.contains("Against the adapter it went on from") && !page.contains("<sentiment>"))
        #expect(page.contains("Than the adapter it went on from?") && page.contains("85.0%"))
        let read = try ReportCoding.decode(ReportCoding.encode(report))
        #expect(read == report)
    }
}

import Foundation
import FoundationXML
import ReportSupport
import Reports
import Testing

@Suite struct ReportPageTests {
    @Test("The page of a succeeded run is as recorded, and well-formed")
    func succeeded() throws {
        let page = ReportPage.render(SampleReport.succeeded())
        try Snapshot.expect(page, matches: "succeeded.html")
        try expectWellFormed(page)
    }

    @Test("The page of a failed run is as recorded, and well-formed")
    func failed() throws {
        let page = ReportPage.render(SampleReport.failed())
        try Snapshot.expect(page, matches: "failed.html")
        try expectWellFormed(page)
        #expect(page.contains("At step 5 the loss was not a number."))
        #expect(page.contains("✗ failed"))
        #expect(!page.contains("PeftModel"))
    }

    @Test("A run that went on with other kernels says so, and with which")
    func otherKernels() throws {
        var report = SampleReport.succeeded()
        #expect(!ReportPage.render(report).contains("bits may differ"))
        report.provenance.training.kernels?.append(KernelProvenance(variant: "x86-64-v3", number: 2, firstStep: 40))
        let page = ReportPage.render(report)
        #expect(page.contains("x86-64-v3 (number 2) from step 41 on: bits may differ"))
    }

    @Test("A rejected run with nothing but a reason has a page")
    func rejected() throws {
        let provenance = SampleReport.provenance(training: TrainingReport())
        let page = ReportPage.render(
            RunReport(status: .rejected, reason: "The base is another.", provenance: provenance))
        try expectWellFormed(page)
        #expect(page.contains("The base is another."))
    }

    @Test("What carries the loss: tokens of a text, labels of a classifier's rows")
    func supervised() throws {
        var report = SampleReport.succeeded()
        #expect(ReportPage.render(report).contains(" carry the loss."))
        report.provenance.adapter.task = "classification"
        let page = ReportPage.render(report)
        #expect(page.contains(" tokens in all steps; the loss is that of "))
        #expect(page.contains(" labels, one a row."))
        #expect(!page.contains("carry the loss"))
        try expectWellFormed(page)
    }

    @Test("Every figure that can be NaN or infinite can be drawn")
    func notFinite() throws {
        var report = SampleReport.succeeded()
        for bad in [Double.nan, .infinity, -.infinity, 1e308, -1e308, Double.leastNonzeroMagnitude] {
            report.training?.loss = [1, bad, 2]
            report.training?.learningRate = [bad]
            report.training?.gradientNorm = [bad, bad]
            report.training?.validation = [ValidationPoint(step: 1, loss: bad)]
            report.training?.wallSeconds = bad
            report.training?.tokensPerSecond = bad
            report.slices[0].base.loss = bad
            report.slices[1].adapter.accuracy = bad
            report.gates[0].value = bad
            report.parity?.prompts[0].maxAbsLogitDifference = bad
            report.parity?.tolerance = bad
            report.analysis[0].singularValues = [bad, 1]
            report.analysis[1].relativeFrobeniusNorm = bad
            try expectWellFormed(ReportPage.render(report))
        }
    }

    @Test("Foreign text is shown, never obeyed", arguments: HostileText.allCases)
    func foreign(_ foreign: HostileText) throws {
        let text = foreign.text
        var report = SampleReport.succeeded(prompts: 1)
        report.reason = text
        report.slices[0].name = text
        report.gates[0].slice = text
        report.analysis[0].module = text
        report.provenance.base.path = text
        report.provenance.versions = [text: text]
        report.training?.sample = TrainingSample(spans: [.init(text: text, trained: true)])
        report.parity?.prompts[0] = PromptParity(
            id: text, prompt: text, baseText: "b", adapterText: text, mergedText: text, maxAbsLogitDifference: 0,
            expectation: ExpectationReport(passed: true, kind: text, value: text))
        let page = ReportPage.render(report)
        try expectWellFormed(page)
        #expect(!page.lowercased().contains("<script"))
        #expect(!page.lowercased().contains("<img"))
        #expect(!page.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) || $0.value == 0 })
        #expect(page.utf8.count < 400_000)
    }

    @Test("A text that is cut says how much is missing")
    func cut() {
        var report = SampleReport.succeeded(prompts: 1)
        report.parity?.prompts[0].baseText = String(repeating: "x", count: 100_000)
        #expect(ReportPage.render(report).contains("98,800 more characters, see report.json"))
    }

    @Test("Words that differ are marked, and a difference beyond the cut is told")
    func differences() {
        var report = SampleReport.succeeded(prompts: 2)
        report.parity?.prompts[0].mergedText = " negative indeed"
        let long = String(repeating: "y ", count: 2000)
        report.parity?.prompts[1].adapterText = long + "one"
        report.parity?.prompts[1].mergedText = long + "two"
        let page = ReportPage.render(report)
        #expect(page.contains("<mark class=\"wrong\"> indeed</mark>"))
        #expect(page.contains("They differ after what is shown."))
    }

    @Test("The page asks nothing of the network and runs no script")
    func selfContained() {
        let page = ReportPage.render(SampleReport.succeeded())
        for forbidden in ["<script", "http://", "https://", "src=", "@import", "url(", "javascript:", " on"] {
            let tags = page.split(separator: "<").compactMap { $0.split(separator: ">").first }
            #expect(!tags.contains { "<\($0)".contains(forbidden) }, "\(forbidden)")
        }
    }

    @Test("Every drawing has a title and a description, every header cell a scope")
    func accessible() {
        let page = ReportPage.render(SampleReport.succeeded())
        let drawings = page.components(separatedBy: "role=\"img\">").dropFirst()
        #expect(drawings.count >= 8)
        #expect(drawings.allSatisfy { $0.hasPrefix("<title>") && $0.contains("</title><desc>") })
        #expect(!page.contains("<th>"))
    }

    private func expectWellFormed(_ page: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let parser = XMLParser(data: Data(page.utf8))
        let parsed = parser.parse()
        let detail = "line \(parser.lineNumber), column \(parser.columnNumber)"
        #expect(parsed, "\(detail)", sourceLocation: sourceLocation)
    }
}

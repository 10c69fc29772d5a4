import Foundation
import ReportSupport
import Reports
import Testing

@Suite("Answers that changed")
struct ChangedAnswersTests {
    @Test("A difference has every word of both texts, in order, as kept, gone or new")
    func pieces() {
        func pieces(_ old: String, _ new: String) -> [String] {
            WordDifference.pieces(from: old, to: new).map { piece in
                switch piece.kind {
                case .same: piece.text
                case .deleted: "-" + piece.text
                case .inserted: "+" + piece.text
                }
            }
        }
        #expect(pieces("a good film", "a bad film") == ["a ", "-good", "+bad", " film"])
        #expect(pieces("", "x") == ["+x"] && pieces("x", "") == ["-x"] && pieces("x", "x") == ["x"])
        #expect(pieces("a b", "b a").filter { !$0.hasPrefix("+") }.joined().replacing("-", with: "") == "a b")
        #expect(pieces("a b", "b a").filter { !$0.hasPrefix("-") }.joined().replacing("+", with: "") == "b a")
    }

    @Test("The page shows changed answers against every model, and counts them")
    func page() throws {
        var report = SampleReport.succeeded()
        report.parity?.prompts[0].compared = ComparedTexts(champion: " negative")
        report.parity?.prompts[1].compared = ComparedTexts(champion: " <positive> I think")
        report.parity?.prompts[2].compared = ComparedTexts(champion: " negative")
        report.provenance.compared = [
            ComparedProvenance(role: "champion", reference: "sentiment@3", path: "outbox/x", sha256: "c")
        ]
        let page = ReportPage.render(report)
        #expect(page.contains("Against the champion <code>sentiment@3</code>"))
        #expect(page.contains("1 of 3 answers differ."))
        #expect(page.contains("<del>&lt;positive&gt; I think</del><ins>negative</ins>"))
        #expect(page.contains("3 of 3 answers differ."), "against the base")
        #expect(!page.contains("Against the adapter it went on from</h3>"))
    }

    @Test("Of many long answers a bounded part is shown, saying so")
    func bounded() {
        var report = SampleReport.succeeded(prompts: 200)
        for index in 0..<200 {
            report.parity?.prompts[index].compared = ComparedTexts(
                parent: String(repeating: "a ", count: 20_000), champion: String(repeating: "b ", count: 20_000),
                previous: String(repeating: "c ", count: 20_000))
            report.parity?.prompts[index].adapterText = String(repeating: "d ", count: 20_000)
        }
        let page = ReportPage.render(report)
        #expect(page.utf8.count < 1_500_000, "\(page.utf8.count)")
        #expect(page.contains("150 more changed answers are in report.json."))
    }

    @Test("What was taken from an earlier run is one sentence")
    func cache() {
        var report = SampleReport.succeeded()
        #expect(CacheSentence.render(report) == nil)
        let rows = CachedScoresReport(models: ["base"], of: "rows", count: 1600, cached: true)
        var prompts = CachedScoresReport(models: ["parent", "champion"], of: "prompts", count: 11, cached: true)
        report.scoreCache = ScoreCacheReport(scores: [rows, prompts])
        #expect(
            CacheSentence.render(report)
                == "Taken from an earlier run, which put the same to the same models: base on 1,600 rows, parent and champion "
                + "on 11 prompts. Only the adapter itself was asked.")
        prompts.cached = false
        report.scoreCache = ScoreCacheReport(scores: [rows, prompts])
        #expect(
            CacheSentence.render(report)?.hasSuffix("Asked in this run: parent and champion on 11 prompts.") == true)
        #expect(ReportPage.render(report).contains("Asked in this run: parent and champion"))
    }
}

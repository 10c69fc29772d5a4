import Foundation
import ReportSupport
import Reports
import Testing

@Suite struct ModelCardTests {
    @Test("The card of a run is as recorded")
    func recorded() throws {
        try Snapshot.expect(ModelCard.render(SampleReport.succeeded()), matches: "README.md")
    }

    @Test("The base's Hub id is used where it is known")
    func hubID() {
        var report = SampleReport.succeeded()
        report.provenance.base.hubID = "owner/model"
        let card = ModelCard.render(report)
        #expect(card.contains("base_model: \"owner/model\"\n"))
        #expect(card.contains("from_pretrained(\"owner/model\")"))
    }

    @Test("No licence is claimed but the manifest's")
    func licence() {
        #expect(!ModelCard.render(SampleReport.succeeded()).contains("\nlicense:"))
        var report = SampleReport.succeeded()
        report.provenance.license = "apache-2.0"
        let card = ModelCard.render(report)
        #expect(card.hasPrefix("---\nlicense: \"apache-2.0\"\nbase_model:") && !card.contains("no licence"))
    }

    @Test("A slice on which the adapter lost is named among the limitations")
    func worse() {
        var report = SampleReport.succeeded()
        report.slices[2].adapter.accuracy = 0.1
        #expect(ModelCard.render(report).contains("- It is less accurate than the base on: news.\n"))
    }

    @Test("Foreign text opens no key of the head and no cell of a table", arguments: HostileText.allCases)
    func foreign(_ foreign: HostileText) throws {
        let text = foreign.text
        var report = SampleReport.succeeded()
        report.provenance.name = text
        report.slices[0].name = text
        report.provenance.datasets[1].path = text
        let plain = ModelCard.render(SampleReport.succeeded())
        let card = ModelCard.render(report)
        let head = { (card: String) in card.components(separatedBy: "\n---\n").first?.split(separator: "\n").count }
        #expect(head(card) == head(plain))
        #expect(card.split(separator: "\n").count { $0.hasPrefix("| ") } == 6)
        #expect(!card.contains("\n<script"))
    }
}

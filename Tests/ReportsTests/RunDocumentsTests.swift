import Foundation
import ReportSupport
import Reports
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("junit.xml and provenance.intoto.json")
struct RunDocumentsTests {
    /// Elements of a kind, with their attributes.
    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) { elements.append((name, attributes)) }
    }

    private func read(_ data: Data) throws -> [(name: String, attributes: [String: String])] {
        let parser = XMLParser(data: data)
        let reader = Reader()
        parser.delegate = reader
        try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
        return reader.elements
    }

    @Test("Every gate, prompt and the run itself is a case; counts are those of the cases")
    func cases() throws {
        for report in [SampleReport.succeeded(), SampleReport.failed()] {
            let elements = try read(JUnitReport.render(report))
            let cases = elements.filter { $0.name == "testcase" }
            let prompts = report.parity?.prompts.count ?? 0
            #expect(cases.count == report.gates.count + prompts + (report.parity == nil ? 0 : 1) + 1)
            let suites = try #require(elements.first { $0.name == "testsuites" })
            #expect(suites.attributes["tests"] == "\(cases.count)")
            let failures = elements.count { $0.name == "failure" }
            #expect(suites.attributes["failures"] == "\(failures)" && (failures > 0) == (report.status != .succeeded))
        }
    }

    private func failed(_ change: (inout RunReport) throws -> Void) throws -> [String] {
        var report = SampleReport.succeeded()
        try change(&report)
        let elements = try read(JUnitReport.render(report))
        return elements.indices.filter { elements[$0].name == "failure" }
            .compactMap { elements[$0 - 1].attributes["name"] }
    }

    @Test("Two answers to one prompt that are not the same bits are a case of their own, and no fault of the merge")
    func repetition() throws {
        let name = "the same prompt gives the same bits twice"
        #expect(try failed { $0.parity?.repetition = RepetitionReport(prompts: 1, identical: true) }.isEmpty)
        let missed = try failed { report in
            report.parity?.passed = false
            report.parity?.repetition = RepetitionReport(prompts: 1, identical: false, differing: "review-1")
        }
        #expect(missed == [name])
    }

    @Test("Parity's case fails where the proof did: not for texts that part at a near tie, nor for an expectation")
    func parity() throws {
        let name = "merged weights answer as the adapter does"
        #expect(try failed { $0.parity?.identicalText = false }.isEmpty)
        #expect(try failed { $0.parity?.passed = false } == [name])
        #expect(try failed { $0.parity?.maxAbsLogitDifference = 1 } == [name])
        let missed = ExpectationReport(passed: false, kind: "contains", value: "x")
        let prompt = try failed { report in
            report.parity?.passed = false
            report.parity?.prompts[0].expectation = missed
        }
        #expect(prompt == ["review-1"])
    }

    @Test("Prompts of an adapter that cannot be merged are cases too")
    func unmerged() throws {
        let missed = ExpectationReport(passed: false, kind: "contains", value: "x")
        let failures = try failed { report in
            report.parity = nil
            report.unmerged = UnmergedReport(
                reason: "It has layers of its own.", passed: false, baseVsAdapterMaxAbsLogitDifference: 1,
                prompts: [
                    PromptAnswers(id: "one", prompt: "a", baseText: "b", adapterText: "c"),
                    PromptAnswers(id: "two", prompt: "a", baseText: "b", adapterText: "c", expectation: missed),
                ])
            #expect(report.answers.map(\.id) == ["one", "two"])
        }
        #expect(failures == ["two"])
    }

    @Test("What others wrote cannot leave its attribute, or be what a reader of XML refuses")
    func foreign() throws {
        var report = SampleReport.succeeded()
        let text = "a\"><failure/>\u{0}\u{1B}[31m\n&amp;<![CDATA["
        report.gates = [GateReport(slice: text, metric: "loss", value: 1, passed: false, reason: text)]
        report.provenance.name = text
        let elements = try read(JUnitReport.render(report))
        #expect(elements.count { $0.name == "failure" } == 1)
    }

    @Test("The statement is in-toto's with SLSA's predicate: manifest, dependencies with parent and program, files")
    func statement() throws {
        var provenance = SampleReport.succeeded().provenance
        provenance.parent = ParentProvenance(initFrom: "a@1", path: "outbox/a/1", sha256: "cc")
        provenance.binarySHA256 = "dd"
        let data = try ProvenanceStatement(
            provenance, manifest: "name: a\n",
            subject: [("adapter_model.safetensors", "aa"), ("adapter_config.json", "bb")]
        ).encoded()
        #expect(
            ProvenanceStatement.subjects(in: data) == ["adapter_model.safetensors": "aa", "adapter_config.json": "bb"])
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["_type"] as? String == "https://in-toto.io/Statement/v1")
        #expect(object["predicateType"] as? String == "https://slsa.dev/provenance/v1")
        let predicate = try #require(object["predicate"] as? [String: Any])
        let definition = try #require(predicate["buildDefinition"] as? [String: Any])
        #expect((definition["externalParameters"] as? [String: Any])?["manifest"] as? String == "name: a\n")
        let names = try #require(definition["resolvedDependencies"] as? [[String: Any]]).compactMap {
            $0["name"] as? String
        }
        for kind in ["base: ", "tokenizer: ", "parent: outbox/a/1", "lorad ", "train: "] {
            #expect(names.contains { $0.hasPrefix(kind) }, "\(kind) in \(names)")
        }
        #expect((predicate["runDetails"] as? [String: Any])?["builder"] != nil)
        for text in ["", "{}", "[]", #"{"subject": [{"name": "a", "digest": {}}]}"#] {
            #expect(ProvenanceStatement.subjects(in: Data(text.utf8)) == nil)
        }
    }
}

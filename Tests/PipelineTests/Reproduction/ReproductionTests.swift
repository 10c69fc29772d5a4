import Pipeline
import ReportSupport
import Reports
import Testing

@Suite("What a run is made again from")
struct ReproductionTests {
    private let provenance = SampleReport.succeeded().provenance

    @Test("Rows, prompts, tools and the parent are all held to the bytes that were read")
    func inputs() throws {
        var own = provenance
        try #require(!own.datasets.isEmpty)
        own.tools = ToolsProvenance(path: "data/tools.json", sha256: "77", tools: 2)
        own.parent = ParentProvenance(initFrom: "night", path: "outbox/night/1", sha256: "88")
        let found = RunReproduction.inputs(of: own)
        #expect(found.map(\.path).starts(with: own.datasets.map(\.path)))
        #expect(found.map(\.sha256).starts(with: own.datasets.map(\.sha256)))
        #expect(
            found.suffix(2).map { [$0.path, $0.sha256] }
                == [["data/tools.json", "77"], ["outbox/night/1/adapter_model.safetensors", "88"]])
        #expect(RunReproduction.inputs(of: provenance).count == provenance.datasets.count)
    }

    @Test("What may change bits and is not as it was is named; what is the same is not")
    func differences() {
        #expect(Reproduction.differences(then: provenance, now: provenance).isEmpty)
        var now = provenance
        now.versions["lorad"] = "9.9.9"
        now.machine.instructions = "baseline"
        now.chatTemplate = ChatTemplateProvenance(source: nil, sha256: "99", date: nil)
        let found = Reproduction.differences(then: provenance, now: now)
        #expect(found.count == 3)
        #expect(found.contains { $0.hasPrefix("the version of lorad was ") && $0.hasSuffix("is 9.9.9") })
        #expect(found.contains { $0.hasPrefix("the variant of the kernels was ") && $0.hasSuffix("is baseline") })
        #expect(found.contains { $0 == "the chat template was not recorded and is 99" })
        now = provenance
        now.machine.kernelsNumber = (now.machine.kernelsNumber ?? 0) + 1
        #expect(Reproduction.differences(then: provenance, now: now).count == 1)
        now = provenance
        now.datasets[0].chatTemplate = ChatTemplateProvenance(source: "own", sha256: "99", date: nil)
        #expect(Reproduction.differences(then: provenance, now: now) == ["a file's own chat template is another one"])
    }
}

import Common
import Manifests
import Testing

@Suite("promote, and gates on other adapters")
struct PromotionTests {
    private let scored = """
        name: a
        base: {path: base, sha256: \(String(repeating: "0", count: 64))}
        dataset: rows.jsonl
        evaluation: {data: test.jsonl}

        """

    private func load(_ lines: String, head: String? = nil) throws -> JobManifest {
        try ManifestDocument.load(
            bytes: Array(((head ?? scored) + lines + "\n").utf8), file: "job.yaml", pipelinesFolder: "pipelines"
        ).manifest
    }

    private func mistakes(_ lines: String, head: String? = nil) -> [String] {
        do {
            _ = try load(lines, head: head)
            return []
        } catch let error as ManifestsError { return error.mistakes.lines } catch { return ["\(error)"] }
    }

    @Test("A promotion without a gate on the champion demands that the loss is not worse than its")
    func implied() throws {
        let manifest = try load("promote: auto")
        #expect(manifest.isPromoted && manifest.gates.isEmpty)
        #expect(manifest.judgedGates.map(\.notWorseThan) == [.champion])
        #expect(manifest.judgedGates[0].metric == .loss && manifest.judgedGates[0].slice == "all")
        #expect(manifest.comparedAdapters == [.champion])
        let own = try load("promote: auto\ngates: [{metric: accuracy, better_than: champion}]")
        #expect(own.judgedGates == own.gates && own.judgedGates.count == 1)
        let base = try load("promote: auto\ngates: [{metric: loss, better_than: base}]")
        #expect(base.judgedGates.count == 2)
        #expect(try load("").judgedGates.isEmpty && load("").comparedAdapters.isEmpty)
    }

    @Test("The manifest as run says it again, and names no gate that nobody wrote")
    func written() throws {
        let manifest = try load(
            "promote: auto\ngates: [{metric: loss, not_worse_than: previous}]\nadapter: {init_from: a@champion}")
        let again = try load(manifest.yaml(), head: "")
        #expect(again == manifest && again.gates.count == 1 && again.initReference == "a@champion")
    }

    @Test("What cannot be judged is a mistake with its place")
    func refused() {
        #expect(
            mistakes("promote: auto", head: scored.replacing("evaluation: {data: test.jsonl}", with: "license: mit"))
                == ["job.yaml:5:1: promote: auto needs evaluation.data, the rows that a run is judged on"])
        #expect(
            mistakes("promote: atuo")
                == ["job.yaml:5:10: promote is the text \"atuo\"; did you mean auto? expected auto"])
        let parent = mistakes("gates: [{metric: loss, not_worse_than: parent}]")
        #expect(parent.count == 1 && parent[0].contains("without adapter.init_from there is none"), "\(parent)")
        let both = mistakes("gates: [{metric: loss, better_than: base, not_worse_than: champion}]")
        #expect(both.count == 1 && both[0].contains("has both"), "\(both)")
        let untested = mistakes("gates: [{metric: f1, not_worse_than: champion}]")
        #expect(untested.contains { $0.contains("needs a metric that rows are tested by: accuracy, loss, perplexity") })
        let reference = mistakes("adapter: {init_from: a@Champion}")
        #expect(reference.count == 1 && reference[0].contains("no reference to a version"), "\(reference)")
        let none = mistakes("gates: [{metric: loss}]")
        #expect(none.count == 1 && none[0].contains("states no bound"))
    }

    @Test(
        "A reference is a name with a number, an alias or a digest",
        arguments: ["a@1", "a@champion", "a@base", "a@sha256:01234567", "a-b.c@17"])
    func references(text: String) { #expect(VersionReference(reading: text) != nil) }

    @Test(
        "And nothing else", arguments: ["a", "a@", "@1", "a@0", "a@01", "a@latest", "a@sha256:0123", "a@b@c", "A@1"])
    func noReferences(text: String) { #expect(VersionReference(reading: text) == nil) }
}

import Manifests
import Testing

/// Whatever a manifest makes long stands in reports, messages and the ledger: each has a bound that its mistake names.
@Suite("Bounds of names and lists") struct BoundsTests {
    @Test(
        "A name or a list beyond its bound is refused with the bound",
        arguments: [
            (
                "evaluation: {data: e}\ngates: [\(Array(repeating: "{metric: loss, max: 1}", count: 201).joined(separator: ", "))]",
                "gates has 201 elements; it may have at most 200"
            ),
            (
                "notify: [\((0..<101).map { "h\($0)" }.joined(separator: ", "))]",
                "notify has 101 elements; it may have at most 100"
            ),
            (
                "dataset: {train: d, labels: [\((0..<5_001).map { "l\($0)" }.joined(separator: ", "))]}",
                "dataset.labels has 5001 elements; it may have at most 5000"
            ),
            ("dataset: {train: d, labels: [a, \(long(1_025))]}", "with 1025 bytes; a label has at most 1024"),
            (
                "adapter: {targets: [\((0..<1_001).map { "t\($0)" }.joined(separator: ", "))]}",
                "adapter.targets has 1001 elements; it may have at most 1000"
            ),
            (
                "evaluation: {data: e, choices: [\((0..<1_001).map { "c\($0)" }.joined(separator: ", "))]}",
                "evaluation.choices has 1001 elements; it may have at most 1000"
            ),
            ("evaluation: {data: e, choices: [a, \(long(65_537))]}", "with 65537 bytes; a text has at most 65536"),
            ("evaluation: {data: e, slice_by: \(long(257))}", "with 257 bytes; a field name has at most 256"),
            (
                "evaluation: {data: e, slice_by: s}\ngates: [{slice: \(long(257)), metric: loss, max: 1}]",
                "with 257 bytes; a slice name has at most 256"
            ),
            ("dataset: {train: \(long(4_097))}", "4096"),
        ])
    func bounds(_ lines: String, _ message: String) {
        let found = mistakes(manifest(lines))
        #expect(found.count == 1 && found[0].contains(message), "\(found.map { $0.prefix(300) })")
        #expect(found.allSatisfy { $0.utf8.count < 500 })
    }

    @Test("What is at its bound is taken")
    func atBound() throws {
        let labels = (0..<5_000).map { "l\($0)" }.joined(separator: ", ")
        #expect(mistakes(manifest("dataset: {train: d, labels: [\(labels)]}")) == [])
        #expect(mistakes(manifest("evaluation: {data: e, slice_by: \(long(256))}")) == [])
        #expect(mistakes(manifest("dataset: {train: \(long(4_096))}")) == [])
    }

    @Test("Names that mean something else in the outbox are none for a job", arguments: ["rejected", "latest", "base"])
    func reserved(_ name: String) {
        let found = mistakes(shortest.replacing("name: tiny", with: "name: \(name)"))
        #expect(
            found == [
                "job.yaml:1:7: name is \(name), which has a meaning of its own in the outbox; choose another name"
            ])
        #expect(mistakes(shortest.replacing("name: tiny", with: "name: \(name)-2")) == [])
    }

    @Test(
        "A path that a reader could not see whole is refused",
        arguments: [#""a\nb""#, #""a\eb""#, #""a\u202Eb""#, #""a\u200Bb""#, #""\x9Bm""#])
    func hiddenPath(_ path: String) {
        let found = mistakes(manifest("dataset: {train: \(path)}"))
        #expect(found.count == 1 && found[0].contains("a path holds no control character"), "\(found)")
        #expect(mistakes(manifest("dataset: {train: \"données/名前 é.jsonl\"}")) == [])
    }

    /// With `lines` in the place of, or after, the shortest manifest's.
    private func manifest(_ lines: String) -> String {
        let rest = lines.hasPrefix("dataset") ? shortest.replacing("dataset: train.jsonl\n", with: "") : shortest
        return rest + lines + "\n"
    }
}

private func long(_ bytes: Int) -> String { String(repeating: "x", count: bytes) }

import Foundation
import TestSupport
import Testing

/// Names that data makes up stand in reports, messages and the ledger.
@Suite("Bounds of names in data")
struct NameBoundsTests {
    private func row(_ slice: String, _ index: Int) -> String {
        #"{"prompt": "Review: film \#(index)", "completion": " good", "domain": "\#(slice)"}"#
    }

    @Test("A thousand slices are taken, one more and a name of 257 bytes are refused with the bound")
    func slices() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let evaluation = "evaluation: {data: $F/e.jsonl, slice_by: domain}"
            try bench.rows("e.jsonl", (0..<1_000).map { row("s\($0)", $0) })
            #expect(try bench.mistakes(evaluation) == [])
            try bench.rows("e.jsonl", (0..<1_001).map { row("s\($0)", $0) })
            let many = try bench.mistakes(evaluation)
            #expect(many.contains { $0.contains("belong to 1001 slices; there may be at most 1000") }, "\(many)")
            try bench.rows("e.jsonl", [row(String(repeating: "x", count: 257), 1)])
            let long = try bench.mistakes(evaluation)
            #expect(long.contains { $0.contains("e.jsonl:1:") && $0.contains("has 257 bytes; at most 256") }, "\(long)")
        }
    }

    @Test("A regression prompt's id has at most 256 bytes")
    func prompts() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let id = String(repeating: "x", count: 257)
            try bench.rows("p.jsonl", [#"{"id": "\#(id)", "prompt": "Review: the film"}"#])
            let found = try bench.mistakes("regression: {prompts: $F/p.jsonl}")
            #expect(found.contains { $0.contains("the id has 257 bytes; at most 256") }, "\(found)")
        }
    }

    @Test("A class's name has at most 1,024 bytes, and there are at most 10,000 of them")
    func labels() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let long = String(repeating: "x", count: 1_025)
            let dataset = "dataset: {train: $F/l.jsonl, format: classification}"
            try bench.rows("l.jsonl", [#"{"text": "a", "label": "\#(long)"}"#, #"{"text": "b", "label": "y"}"#])
            let found = try bench.mistakes(dataset)
            #expect(found.contains { $0.contains("the label has 1025 bytes; at most 1024") }, "\(found)")
            try bench.rows("l.jsonl", (0..<10_001).map { #"{"text": "a\#($0)", "label": "l\#($0)"}"# })
            let many = try bench.mistakes(dataset)
            #expect(many.contains { $0.contains("have 10001 labels; there may be at most 10000") }, "\(many)")
        }
    }

    @Test("A slice or an id with a line break forges no line of what is said")
    func lines() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("e.jsonl", [row("movies", 1)])
            let found = try bench.mistakes(
                #"evaluation: {data: $F/e.jsonl, slice_by: domain}"# + "\n"
                    + #"gates: [{slice: "a\nb.yaml:1:1: forged", metric: loss, max: 9}]"#)
            #expect(found.contains { $0.contains("\"a b.yaml:1:1: forged\"") }, "\(found)")
            #expect(!found.contains { $0.hasPrefix("b.yaml") })
        }
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

@Suite("Constructs of Jinja, as jinja2 renders them")
struct JinjaConstructTests {
    private static let constructs = Result { try Fixtures.json("templates/constructs.json") }
    private static let random = Result { try Fixtures.json("templates/random.json") }

    @Test("The same text or the same refusal of every small template")
    func constructs() throws {
        let goldens = try Self.constructs.get()
        let context = try #require(goldens["context"]?.objectValue)
        let rows = try #require(goldens["rows"]?.arrayValue)
        try #require(rows.count == 677)
        for row in rows {
            let source = try #require(row["template"]?.stringValue)
            try JinjaGoldens.compare(JinjaGoldens.render(source, context), row, source)
        }
    }

    @Test("The same text or the same refusal of random expressions, or a refusal by name of what lorad lacks")
    func random() throws {
        let goldens = try Self.random.get()
        let context = try #require(goldens["context"]?.objectValue)
        let rows = try #require(goldens["rows"]?.arrayValue)
        try #require(rows.count == 2000)
        var lacking = 0
        for row in rows {
            let source = try #require(row["template"]?.stringValue)
            let outcome = try JinjaGoldens.render(source, context)
            if case .refused(let error) = outcome, error.kind == .unsupported {
                lacking += 1
            } else {
                JinjaGoldens.compare(outcome, row, source)
            }
        }
        // Slices of ranges, and integers beyond 64 bits.
        #expect(lacking == 9)
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

@Suite("Constructs of Jinja, as jinja2 renders them")
struct JinjaConstructTests {
    private static let goldens = Result { try Fixtures.json("templates/constructs.json") }

    @Test("The same text or the same refusal of every small template")
    func constructs() throws {
        let goldens = try Self.goldens.get()
        let context = try #require(goldens["context"]?.objectValue)
        let rows = try #require(goldens["rows"]?.arrayValue)
        try #require(rows.count == 608)
        for row in rows {
            let source = try #require(row["template"]?.stringValue)
            switch try JinjaGoldens.render(source, context) {
            case .rendered(let rendering): compare(rendering, row, source)
            case .refused(let error): compare(error, row, source)
            }
        }
    }

    private func compare(_ rendering: JinjaRendering, _ row: JSONValue, _ source: String) {
        let expected = row["text"]?.stringValue
        let isSame = expected.map { rendering.text.utf8.elementsEqual($0.utf8) }
        #expect(
            isSame == true,
            "\(source.debugDescription) gave \(rendering.text.debugDescription), not \(expected?.debugDescription ?? "\(row)")"
        )
        let spans = row["generated"]?.arrayValue?.map { $0.arrayValue?.compactMap(\.intValue) ?? [] } ?? []
        #expect(rendering.generated?.map { [$0.lowerBound, $0.upperBound] } == spans, "\(source)")
    }

    private func compare(_ error: JinjaError, _ row: JSONValue, _ source: String) {
        #expect(
            error.kind.rawValue == row["refusal"]?.stringValue,
            "\(source.debugDescription) was refused: \(error.kind) \(error.message), not \(row)")
        if let message = row["message"]?.stringValue, JinjaGoldens.hasSameWords(error.kind) {
            #expect(error.message.utf8.elementsEqual(message.utf8), "\(error.message), not \(message), of \(source)")
        }
        #expect(error.position != nil, "\(source)")
    }
}

import Common
import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

/// Comparison with what jinja2 made of templates, by `scripts/reference/chat_templates`.
enum JinjaGoldens {
    /// The clock of the reference.
    static let options = JinjaOptions(
        now: CalendarDay("2026-11-08").flatMap { JinjaClock($0, hour: 15, minute: 4, second: 9) })

    /// What lorad makes of a template.
    enum Outcome {
        case rendered(JinjaRendering)
        case refused(JinjaError)
    }

    static func render(_ source: String, _ context: JSONObject) throws -> Outcome {
        try outcome { try JinjaTemplate(source: source, options: options).render(context: context) }
    }

    static func outcome(_ render: () throws -> JinjaRendering) throws -> Outcome {
        do { return .rendered(try render()) } catch let error as JinjaError { return .refused(error) }
    }

    /// Kinds of refusal whose words are the template's or jinja2's, and lorad's too.
    static func hasSameWords(_ kind: JinjaError.Kind) -> Bool { [.raised, .undefined, .security].contains(kind) }

    /// - Parameter row: what jinja2 made of it: a text with its spans, or the kind of refusal with its words.
    static func compare(_ outcome: Outcome, _ row: JSONValue, _ source: String) {
        switch outcome {
        case .rendered(let rendering): compare(rendering, row, source)
        case .refused(let error): compare(error, row, source)
        }
    }

    private static func compare(_ rendering: JinjaRendering, _ row: JSONValue, _ source: String) {
        let expected = row["text"]?.stringValue
        let isSame = expected.map { rendering.text.utf8.elementsEqual($0.utf8) }
        #expect(
            isSame == true,
            "\(source.debugDescription) gave \(rendering.text.debugDescription), not \(expected?.debugDescription ?? "\(row)")"
        )
        let spans = row["generated"]?.arrayValue?.map { $0.arrayValue?.compactMap(\.intValue) ?? [] } ?? []
        #expect(rendering.generated?.map { [$0.lowerBound, $0.upperBound] } == spans, "\(source)")
    }

    private static func compare(_ error: JinjaError, _ row: JSONValue, _ source: String) {
        #expect(
            error.kind.rawValue == row["refusal"]?.stringValue,
            "\(source.debugDescription) was refused: \(error.kind) \(error.message), not \(row)")
        if let message = row["message"]?.stringValue, hasSameWords(error.kind) {
            #expect(error.message.utf8.elementsEqual(message.utf8), "\(error.message), not \(message), of \(source)")
        }
        #expect(error.position != nil, "\(source)")
    }
}

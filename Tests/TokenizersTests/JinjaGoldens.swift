import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

/// Comparison with what jinja2 made of templates, by `scripts/reference/chat_templates`.
enum JinjaGoldens {
    /// The clock of the reference.
    static let options = JinjaOptions(
        now: JinjaClock(year: 2026, month: 11, day: 8, hour: 15, minute: 4, second: 9))

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
}

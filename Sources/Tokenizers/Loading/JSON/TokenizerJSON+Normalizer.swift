import Foundation
import ModelFiles

extension TokenizerJSON {
    static func normalizer(_ part: Component) throws -> Normalizer {
        guard !part.value.isNull else { return .none }
        if let form = NormalizationForm(rawValue: part.type) { return .form(form) }
        switch part.type {
        case "BertNormalizer": return .bert(try bertNormalizer(part))
        case "Lowercase": return .lowercase
        case "StripAccents": return .stripAccents
        case "Strip":
            return .strip(
                left: try part.bool("strip_left", default: true), right: try part.bool("strip_right", default: true))
        case "Replace": return .replace(try pattern(part), with: Array(try part.string("content").utf8))
        case "Prepend": return .prepend(Array(try part.string("prepend").utf8))
        case "Precompiled": return .precompiled(try characterMap(part))
        case "Sequence": return .sequence(try part.parts("normalizers").map(normalizer))
        default:
            throw part.unsupportedType(
                known: NormalizationForm.allCases.map(\.rawValue) + [
                    "BertNormalizer", "Lowercase", "StripAccents", "Strip", "Replace", "Prepend", "Precompiled",
                    "Sequence",
                ])
        }
    }

    private static func bertNormalizer(_ part: Component) throws -> BertNormalizer {
        let lowercases = try part.bool("lowercase", default: true)
        return BertNormalizer(
            cleansText: try part.bool("clean_text", default: true),
            separatesChinese: try part.bool("handle_chinese_chars", default: true),
            stripsAccents: try part.optionalBool("strip_accents") ?? lowercases, lowercases: lowercases)
    }

    private static func characterMap(_ part: Component) throws -> PrecompiledCharacterMap {
        guard let data = Data(base64Encoded: try part.string("precompiled_charsmap")),
            let map = PrecompiledCharacterMap(Array(data))
        else { throw TokenizersError.malformed(part.source, "has a precompiled_charsmap that cannot be read") }
        return map
    }

    /// What `Replace` looks for.
    static func pattern(_ part: Component) throws -> TextPattern {
        let field = part.part("pattern", role: "\(part.role)'s pattern")
        if let expression = try field.optionalString("Regex") {
            guard let pattern = TextPattern.expressions[expression] else {
                throw field.unsupported(
                    "replaces the regular expression '\(expression)' in its \(part.role)",
                    known: TextPattern.expressions.keys.sorted())
            }
            return pattern
        }
        return .literal(try literal(field))
    }

    /// A pattern that is text.
    static func literal(_ field: Component) throws -> [UInt8] {
        let text = try field.string("String")
        guard !text.isEmpty else {
            throw TokenizersError.malformed(field.source, "looks for no text in its \(field.role)")
        }
        return Array(text.utf8)
    }
}

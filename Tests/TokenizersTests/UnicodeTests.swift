import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

/// Every scalar against `scripts/reference/tokenizers_unicode.py`.
@Suite("Character classes and normalisation forms against the tokenizers library")
struct UnicodeTests {
    private static let scalars = (0..<UInt32(0x110000)).compactMap(Unicode.Scalar.init)

    private static let predicates: [String: @Sendable (Unicode.Scalar) -> Bool] = [
        "letter": { CharacterClass($0) == .letter }, "number": { CharacterClass($0) == .number },
        "space": { CharacterClass($0) == .space && CharacterCategories($0) == .space },
        "upper": { CharacterCategories($0) == .upper }, "lower": { CharacterCategories($0) == .lower },
        "uncased": { CharacterCategories($0) == .uncased }, "combining": { CharacterCategories($0) == .mark },
        "punctuation": { CharacterCategories($0) == .punctuation }, "symbol": { CharacterCategories($0) == .symbol },
        "bert_removed": BertClasses.isRemoved,
        "bert_mark": BertClasses.isNonspacingMark, "bert_chinese": BertClasses.isChinese,
        "bert_punctuation": BertClasses.isPunctuation, "numeric": WordClasses.isNumeric, "word": WordClasses.isWord,
        "expression_word": WordClasses.isExpressionWord,
        "mark": WordClasses.isMark,
    ]

    @Test("Every scalar is of the library's class", arguments: predicates.keys.sorted())
    func classes(name: String) throws {
        let matches = try #require(Self.predicates[name])
        let bounds = try goldenIntegers(try Fixtures.json("tokenizers/unicode.json")["classes"]?[name])
        try #require(bounds.count > 10)
        var expected = [Bool](repeating: false, count: 0x110000)
        for index in stride(from: 0, to: bounds.count, by: 2) {
            for value in bounds[index]...bounds[index + 1] { expected[value] = true }
        }
        let wrong = Self.scalars.filter { matches($0) != expected[Int($0.value)] }
        #expect(wrong.isEmpty, "\(wrong.prefix(20).map { String($0.value, radix: 16) })")
    }

    @Test(
        "Every scalar is normalised as by the library",
        arguments: NormalizationForm.allCases.map(\.rawValue) + ["Lowercase"])
    func forms(name: String) throws {
        let expected = try goldenList(Fixtures.json("tokenizers/unicode.json")["forms"]?[name])
        try #require(expected.count == 272)
        for (block, digest) in expected.enumerated() {
            let scalars = Self.scalars[(block * 4096)..<min((block + 1) * 4096, Self.scalars.count)]
            var text = ""
            for scalar in scalars {
                if !text.isEmpty { text.unicodeScalars.append("\n") }
                if name == "Lowercase" {
                    text += scalar.properties.lowercaseMapping
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
            let result = NormalizationForm(rawValue: name)?.apply(Array(text.utf8)) ?? Array(text.utf8)
            let first = String(scalars.first?.value ?? 0, radix: 16)
            #expect(ContentHash.ofBytes(Data(result)).prefix(8) == digest.stringValue ?? "", "from U+\(first)")
        }
    }

    @Test("SentencePiece's whole nmt_nfkc table gives sentencepiece's text for every scalar")
    func compiledRules() throws {
        try compare(Self.scalars.map { String($0) }, size: 4096, with: "scalars", count: 272)
    }

    @Test("And for 10,000 of the demo's texts", .enabled(if: Goldens.hasDemo))
    func compiledRulesOfDemo() throws {
        try compare(Goldens.demoTexts(10_000), size: 1000, with: "rows", count: 10)
    }

    /// Compares digests of so many texts each with those of `scripts/reference/tokenizers_normaliser.py`.
    private func compare(_ texts: [String], size: Int, with key: String, count: Int) throws {
        let rules = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("tokenizers/nmt_nfkc.bin"))))
        let map = try #require(PrecompiledCharacterMap(rules))
        let digests = try goldenList(Fixtures.json("tokenizers/nmt_nfkc.json")[key])
        try #require(digests.count == count && texts.count > size * (count - 1))
        for (block, digest) in digests.enumerated() {
            let part = texts[(block * size)..<min((block + 1) * size, texts.count)]
            let text = part.map { map.apply(Array($0.utf8)) }.joined(separator: [0x0A])
            #expect(
                ContentHash.ofBytes(Data(text)).prefix(8) == digest.stringValue ?? "", "\(key) from \(block * size)")
        }
    }
}

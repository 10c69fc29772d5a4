import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

/// The words of hard and random texts against `scripts/reference/tokenizers_splits.py`.
@Suite("Words against the tokenizers library's own regular expressions")
struct SplitTests {
    private struct Entry: Sendable {
        let name: String
        let definition: JSONValue
        let digests: [String]
    }

    private let texts: [String]
    private let group: Int
    private let entries: [Entry]

    init() throws {
        let goldens = try Fixtures.json("tokenizers/splits.json")
        texts = try Goldens.texts() + goldenTexts(goldens["texts"])
        group = try #require(goldens["group"]?.intValue)
        entries = try goldenList(goldens["entries"]).map { entry in
            Entry(
                name: try #require(entry["name"]?.stringValue), definition: try #require(entry["pre_tokenizer"]),
                digests: try goldenTexts(entry["digests"]))
        }
        try #require(texts.count > 900 && entries.count > 60)
    }

    private func compare(_ cutter: WordCutter, _ entry: Entry) throws {
        let starts = Array(stride(from: 0, to: texts.count, by: group))
        try #require(starts.count == entry.digests.count)
        for (start, expected) in try paired(starts, entry.digests) {
            let part = texts[start..<min(start + group, texts.count)]
            let found = Self.digest(part.map(cutter.words))
            #expect(found == expected, "\(entry.name), texts from \(start): \(part)")
        }
    }

    private static func digest(_ rows: [[[UInt8]]]) -> String {
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let bytes = rows.flatMap { row in row.flatMap { number(UInt32($0.count)) + $0 } + number(.max) }
        return String(ContentHash.ofBytes(Data(bytes)).prefix(12))
    }

    @Test("Every known expression, each of its branches alone, and every behaviour: the same words")
    func definitions() throws {
        for entry in entries { try compare(WordCutter(entry.definition), entry) }
    }

    @Test("What GGUF files name cuts as the tokenizer.json that the name comes from")
    func names() throws {
        let models = entries.filter { WordCutter.names.contains($0.name) }
        #expect(models.count == 11, "\(models.map(\.name))")
        for entry in models { try compare(#require(WordCutter(named: entry.name)), entry) }
    }

    @Test("Cutting takes time in proportion to the text: what is repeated 80,000 times takes no seconds")
    func linearTime() throws {
        // Runs that a branch looks through and then does not match, from each of their places again.
        let units = [" ", "A", "1", "\u{301}A"]
        let families = entries.filter { !$0.name.hasPrefix("branch") }
        let lookingAhead = entries.filter {
            $0.name.hasPrefix("branch") && ($0.name.contains("$") || $0.name.contains("Lu"))
        }
        try #require(families.count > 15 && lookingAhead.count > 3)
        for entry in families + lookingAhead {
            let cutter = try WordCutter(entry.definition)
            for unit in units {
                let text = String(repeating: unit, count: 80_000) + "\u{1F600}"
                let taken = processorSeconds { _ = cutter.words(of: text) }
                #expect(taken < 3, "\(entry.name), \(unit.debugDescription): \(taken) s")
            }
        }
    }

    @Test(
        "A nearly known expression is refused by name", arguments: [#"\p{N}{1,4}"#, #"\s?\p{L}*"#, "", "|", #"\s+|"#])
    func unknown(expression: String) throws {
        let pattern = JSONValue.object(JSONObject([("Regex", .string(expression))]))
        let definition = JSONValue.object(
            JSONObject([("type", .string("Split")), ("pattern", pattern), ("behavior", .string("Isolated"))]))
        let error = #expect(throws: TokenizersError.self) { try WordCutter(definition) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("'\(expression)'") == true)
    }
}

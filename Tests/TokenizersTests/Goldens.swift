import Datasets
import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

/// Comparison with what `scripts/reference/tokenizers_golden_files.py` wrote.
enum Goldens {
    private static let demoPath = "\(Fixtures.root)/data/sentiment/train.jsonl"
    static var hasDemo: Bool { FileManager.default.fileExists(atPath: demoPath) }

    static func texts() throws -> [String] {
        try goldenTexts(Fixtures.json("tokenizers/texts.json"))
    }

    /// The first prompts of the demo's training rows.
    static func demoTexts(_ count: Int) throws -> [String] {
        let rows = try JSONLines.read(demoPath).prefix(count).map { try $0.value("prompt")?.stringValue ?? "" }
        try #require(rows.count == count)
        return rows
    }

    static func compareHardTexts(_ tokenizer: any Tokenizer, _ goldens: JSONValue) throws {
        let (texts, rows) = (try texts(), try goldenList(goldens["hard"]))
        try #require(texts.count == rows.count && texts.count > 250)
        for (text, row) in try paired(texts, rows) {
            let expected = try goldenIntegers(row["ids"])
            let shown = String(text.debugDescription.prefix(300))
            #expect(tokenizer.encode(text, allowSpecial: true) == expected, "\(shown)")
            let decoded = tokenizer.decode(expected, skipSpecial: false)
            #expect(Array(decoded.utf8) == Array((row["decoded"]?.stringValue ?? "").utf8), "\(shown)")
        }
    }

    static func comparePairs(_ tokenizer: any Tokenizer, _ goldens: JSONValue) throws {
        let rows = try goldenList(goldens["pairs"])
        try #require(rows.count > 100)
        for row in rows {
            let encoded = try tokenizer.encode(
                try #require(row["text"]?.stringValue), pair: row["pair"]?.stringValue,
                maximumLength: row["maximum_length"]?.intValue, allowSpecial: true)
            let expected = try EncodedText(
                ids: goldenIntegers(row["ids"]), typeIDs: goldenIntegers(row["type_ids"]))
            #expect(encoded == expected, "\(row)")
        }
    }

    /// Compares digests: of stretches, to find the place, and of all.
    static func compareDemo(_ tokenizer: any Tokenizer, _ goldens: JSONValue) throws {
        let demo = try #require(goldens["demo"])
        let count = try #require(demo["rows"]?.intValue)
        let size = try #require(demo["chunk"]?.intValue)
        let rows = try demoTexts(count)
        let encoded = rows.map { bytes(of: tokenizer.encode($0, allowSpecial: true)) }
        let chunks = stride(from: 0, to: count, by: size).map { start in
            String(ContentHash.ofBytes(Data(encoded[start..<(start + size)].joined())).prefix(16))
        }
        for (index, (chunk, expected)) in try paired(chunks, try goldenList(demo["chunks"])).enumerated() {
            #expect(chunk == expected.stringValue, "rows \(index * size) up to \((index + 1) * size)")
        }
        #expect(ContentHash.ofBytes(Data(encoded.joined())) == demo["sha256"]?.stringValue)
    }

    private static func bytes(of ids: [Int]) -> [UInt8] {
        (ids.map(UInt32.init) + [UInt32.max]).flatMap { id in (0..<4).map { UInt8(truncatingIfNeeded: id >> (8 * $0)) }
        }
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

/// Seeded damage to tiny tokenizers: each is refused with an error or works within its own vocabulary; none may trap.
@Suite("Mutated tokenizers")
struct MutatedTokenizersTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let kinds = ["unigram", "wordpiece", "characters", "byte-level"]
    private static let texts = [
        "", "ab  bab ba!\n", "\u{E9}e\u{301} \u{FF41}\u{FB01}\u{AD}中 12345 \0\r\n", "<s>a</s> [CLS]b[SEP] bb bbb",
    ]

    private func readsOrRefuses(_ bytes: [UInt8], in folder: String) throws -> Bool {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/tokenizer.json"))
        do {
            let tokenizer = try TokenizerLoader.load(folder: folder)
            for text in Self.texts {
                for special in [true, false] {
                    let ids = tokenizer.encode(text, allowSpecial: special)
                    #expect(ids.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) })
                    _ = tokenizer.decode(ids, skipSpecial: special)
                }
                let pair = try tokenizer.encode(text, pair: text, maximumLength: 40, allowSpecial: true)
                #expect(pair.ids.count <= 40 && pair.ids.count == pair.typeIDs.count)
            }
            _ = tokenizer.decode(Array(-1..<(tokenizer.vocabularySize + 2)), skipSpecial: false)
            return true
        } catch is TokenizersError {
            return false
        } catch is ModelFilesError {
            return false
        }
    }

    @Test("Changed bytes", arguments: kinds)
    func bytes(kind: String) throws {
        let original = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(kind))))
        var random = Generator(state: 5)
        var refused = 0
        try withTemporaryFolder { folder in
            for _ in 0..<1000 {
                var bytes = original
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let index = Int.random(in: bytes.indices, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 1: bytes[index] = [0x22, 0x2C, 0x30, 0x39, 0x5B, 0x7D, 0xFF].randomElement(using: &random)!
                    case 2: bytes.remove(at: index)
                    default: bytes.removeLast(Int.random(in: 0..<40, using: &random))
                    }
                }
                if try !readsOrRefuses(bytes, in: folder) { refused += 1 }
            }
        }
        #expect(refused > 400, "\(refused) of 1000")
    }

    @Test("Changed values", arguments: kinds)
    func values(kind: String) throws {
        let original = try JSONReader.parse(file: path(kind))
        var random = Generator(state: 6)
        var refused = 0
        try withTemporaryFolder { folder in
            for _ in 0..<1000 {
                var place = Int.random(in: 1...count(original), using: &random)
                let changed = replaced(original, &place, odd(&random))
                if try !readsOrRefuses(Array(JSONText.document(changed).utf8), in: folder) { refused += 1 }
            }
        }
        #expect(refused > 100, "\(refused) of 1000")
    }

    private func path(_ kind: String) -> String { Fixtures.path("tokenizers-tiny/\(kind)/tokenizer.json") }

    private func odd(_ random: inout Generator) -> JSONValue {
        [
            .null, .bool(true), .bool(false), .integer(-1), .integer(0), .integer(3), .integer(300), .integer(.max),
            .integer(Int(Int32.max)), .number(0.5), .number(-1e300), .string(""), .string("a"), .string("\u{2581}"),
            .string("[CLS]"), .array([]), .object(JSONObject([])), .string(String(repeating: "ab", count: 300)),
        ].randomElement(using: &random)!
    }

    /// Values in a document, itself included.
    private func count(_ value: JSONValue) -> Int {
        switch value {
        case .array(let elements): elements.reduce(1) { $0 + count($1) }
        case .object(let object): object.members.reduce(1) { $0 + count($1.value) }
        default: 1
        }
    }

    /// The document with its value number `place`, counted from 1, replaced.
    private func replaced(_ value: JSONValue, _ place: inout Int, _ new: JSONValue) -> JSONValue {
        guard place > 0 else { return value }
        place -= 1
        if place == 0 { return new }
        switch value {
        case .array(let elements): return .array(elements.map { replaced($0, &place, new) })
        case .object(let object):
            return .object(JSONObject(object.members.map { ($0.key, replaced($0.value, &place, new)) }))
        default: return value
        }
    }
}

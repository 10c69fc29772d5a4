import Digests
import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Training

@Suite("Texts whose tokens are remembered")
struct RememberedTextsTests {
    private static let texts = ["", "the film was good", " bad", "<s>x</s>", "a\u{301}", "\u{e1}", "日本語 text"]

    /// Everything that can be asked of a tokenizer about texts.
    private func ask(_ tokenizer: any Tokenizer) throws -> [[Int]] {
        try Self.texts.flatMap { text in
            let middle = text.utf8.count / 2
            let placed = try? tokenizer.encode(text, places: [0, middle, text.utf8.count])
            let whole = try tokenizer.encode(text, pair: nil, maximumLength: nil, allowSpecial: true)
            let cut = try tokenizer.encode(text, pair: "a pair", maximumLength: 5, allowSpecial: false)
            return [
                tokenizer.encode(text, allowSpecial: true), tokenizer.encode(text, allowSpecial: false),
                tokenizer.encodeBeginning(text), tokenizer.encodeContinuation(text), placed?.ids ?? [],
                (placed?.places ?? []).flatMap { [$0.lowerBound, $0.upperBound] }, whole.ids, whole.typeIDs, cut.ids,
                cut.typeIDs, tokenizer.encode(tokenizer.decode(whole.ids, skipSpecial: true), allowSpecial: false),
            ]
        }
    }

    private func tokenizer(_ fixture: String) throws -> any Tokenizer {
        try TokenizerLoader.load(BaseModelFiles(path: Fixtures.path(fixture)))
    }

    @Test(
        "Answers are the tokenizer's own, and those of a file are asked of nobody",
        arguments: ["llama-tiny/base", "classifiers/roberta/base", "classifiers/bert-pair/base"])
    func answers(_ fixture: String) throws {
        try withTemporaryFolder { folder in
            let tokenizer = try tokenizer(fixture)
            let expected = try ask(tokenizer)
            let first = RememberingTokenizer(tokenizer, known: RememberedTexts())
            #expect(try ask(first) == expected && ask(first) == expected)
            #expect(first.tokenized >= Self.texts.count * 6)
            #expect(first.vocabularySize == tokenizer.vocabularySize && first.eosTokenID == tokenizer.eosTokenID)
            #expect(first.bosTokenID == tokenizer.bosTokenID && first.specialTokens == tokenizer.specialTokens)
            #expect(first.piece(3) == tokenizer.piece(3) && first.id(of: tokenizer.piece(3)) == 3)
            let path = folder + "/texts"
            try RememberedTextsFile.write(first.remembered, recipe: "r", sha256: "s", to: path)
            let known = try #require(try RememberedTextsFile.read(path, recipe: "r", sha256: "s"))
            #expect(known == first.remembered)
            let second = RememberingTokenizer(tokenizer, known: known)
            #expect(try ask(second) == expected)
            #expect(second.tokenized == 0)
            second.forget()
            #expect(try ask(second) == expected)
            #expect(second.tokenized > 0 && second.remembered.count == 0)
            #expect(try RememberedTextsFile.read(path, recipe: "r", sha256: "other") == nil)
            #expect(try RememberedTextsFile.read(path, recipe: "other", sha256: "s") == nil)
        }
    }

    @Test("A file that is cut off, damaged, or lies with a sum that holds is refused, or read within its bounds")
    func foreign() throws {
        try withTemporaryFolder { folder in
            let remembering = RememberingTokenizer(try tokenizer("llama-tiny/base"), known: RememberedTexts())
            _ = remembering.encodeBeginning("the film")
            _ = try remembering.encode("a b", pair: nil, maximumLength: nil, allowSpecial: true)
            _ = try remembering.encode("a b", places: [0, 1])
            let path = folder + "/texts"
            try RememberedTextsFile.write(remembering.remembered, recipe: "r", sha256: "s", to: path)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            func read(_ data: Data) throws -> RememberedTexts? {
                try data.write(to: URL(fileURLWithPath: path))
                return try RememberedTextsFile.read(path, recipe: "r", sha256: "s")
            }
            for count in 0..<whole.count {
                #expect(throws: TrainingError.self, "\(count) bytes") { try read(whole.prefix(count)) }
            }
            let summed = whole.count - 32
            var refused = 0
            for place in whole.indices {
                var other = whole
                other[place] ^= 0x21
                #expect(throws: TrainingError.self, "byte \(place)") { try read(other) }
                guard place < summed else { continue }
                for byte in [0x00, 0xFF, whole[place] ^ 1] where byte != whole[place] {
                    var lying = whole.prefix(summed)
                    lying[place] = byte
                    var hash = SHA256()
                    hash.update(lying)
                    do { _ = try read(lying + Data(hash.finish())) } catch {
                        #expect(error is TrainingError, "byte \(place): \(error)")
                        refused += 1
                    }
                }
            }
            #expect(refused > 100, "\(refused)")
        }
    }
}

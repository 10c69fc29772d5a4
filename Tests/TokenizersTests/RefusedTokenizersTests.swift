import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Damaged and unsupported tokenizers")
struct RefusedTokenizersTests {
    /// One stretch of a tiny tokenizer.json replaced, and the error that it must be met with.
    struct Change: Sendable, CustomStringConvertible {
        let kind: String
        let old: String
        let new: String
        let names: String
        var code = TokenizersError.Code.unsupported
        /// The normalisation form in place of NFKC.
        var form = "NFKC"

        var description: String { "\(kind): \(new.prefix(60))" }
    }

    private func load(_ change: Change) throws -> any Tokenizer {
        try withTemporaryFolder { folder in
            let path = Fixtures.path("tokenizers-tiny/\(change.kind)/tokenizer.json")
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try #require(text.range(of: change.old, options: .literal) != nil)
            let changed = text.replacingOccurrences(of: change.old, with: change.new, options: .literal)
                .replacingOccurrences(of: "\"NFKC\"", with: "\"\(change.form)\"")
            try Data(changed.utf8).write(to: URL(fileURLWithPath: "\(folder)/tokenizer.json"))
            return try TokenizerLoader.load(folder: folder)
        }
    }

    private func check(_ change: Change) throws {
        let error = #expect(throws: TokenizersError.self) { try load(change) }
        #expect(error?.code == change.code)
        #expect(error?.message.contains(change.names) == true, "\(error?.message ?? "")")
    }

    @Test(
        "What lorad does not have is refused by name",
        arguments: [
            Change(kind: "byte-level", old: "\"Digits\"", new: "\"FixedLength\"", names: "FixedLength"),
            Change(kind: "byte-level", old: "\"BPE\"", new: "\"WordLevel\"", names: "WordLevel"),
            Change(kind: "byte-level", old: "\"NFC\"", new: "\"Nmt\"", names: "Nmt"),
            Change(kind: "byte-level", old: "{1,3}", new: "{1,4}", names: "\\p{N}{1,4}"),
            Change(kind: "byte-level", old: "\"Isolated\"", new: "\"isolated\"", names: "behavior 'isolated'"),
            Change(
                kind: "byte-level", old: "\"decoder\":{\"type\":\"ByteLevel\"", new: "\"decoder\":{\"type\":\"CTC\"",
                names: "CTC"),
            Change(
                kind: "byte-level", old: "\"end_of_word_suffix\":null", new: "\"end_of_word_suffix\":\"</w>\"",
                names: "end_of_word_suffix"),
            Change(kind: "byte-level", old: "\"dropout\":null", new: "\"dropout\":0.1", names: "dropout"),
            Change(kind: "unigram", old: " {2,}", new: " {3,}", names: " {3,}"),
            Change(kind: "unigram", old: "\"TemplateProcessing\"", new: "\"Other\"", names: "Other"),
            Change(kind: "wordpiece", old: "\"BertPreTokenizer\"", new: "\"ByteLevel\"", names: "ByteLevel"),
        ])
    func unsupported(change: Change) throws { try check(change) }

    @Test(
        "A tokenizer that contradicts itself is refused, saying where",
        arguments: [
            Change(kind: "wordpiece", old: "\"##a\":7", new: "\"##a\":6", names: "the id 6 to two tokens"),
            Change(kind: "wordpiece", old: "\"##a\":7", new: "\"##a\":-1", names: "ids outside"),
            Change(kind: "wordpiece", old: "\"##a\":7", new: "\"##a\":99999999", names: "ids outside"),
            Change(kind: "wordpiece", old: "\"##a\":7", new: "\"##a\":7.5", names: "no integer"),
            Change(kind: "wordpiece", old: "\"[CLS]\",2", new: "\"[CLS]\",400", names: "the token 400 around texts"),
            Change(kind: "wordpiece", old: "\"unk_token\":\"[UNK]\"", new: "\"unk_token\":\"[NO]\"", names: "[NO]"),
            Change(kind: "wordpiece", old: "\"vocab\":", new: "\"vocabulary\":", names: "without 'vocab'"),
            Change(kind: "wordpiece", old: "\"lowercase\":true", new: "\"lowercase\":1", names: "'lowercase'"),
            Change(kind: "byte-level", old: "[\"a\",\"b\"]", new: "[\"a\",\"zz\"]", names: "merge, number 1,"),
            Change(kind: "byte-level", old: "[\"a\",\"b\"]", new: "[\"a\",\"c\"]", names: "merge, number 1,"),
            Change(kind: "byte-level", old: "[\"a\",\"b\"]", new: "[\"a\"]", names: "no pair"),
            Change(kind: "unigram", old: "\"unk_id\":3", new: "\"unk_id\":9999", names: "unknown token 9999"),
            Change(kind: "unigram", old: "\"unk_id\":3", new: "\"unk_id\":null", names: "without 'unk_id'"),
            Change(
                kind: "unigram", old: "\"precompiled_charsmap\":\"AAQAAA", new: "\"precompiled_charsmap\":\"//8AAA",
                names: "charsmap"),
            Change(
                kind: "unigram", old: "\"precompiled_charsmap\":\"A", new: "\"precompiled_charsmap\":\"?",
                names: "charsmap"),
            Change(
                kind: "unigram", old: "{\"id\":\"A\",\"type_id\":0}", new: "{\"id\":\"B\",\"type_id\":0}",
                names: "each text once"),
            Change(
                kind: "characters", old: "{\"type\":\"NFKC\"}",
                new: [String](
                    repeating: "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aaaa\"}", count: 9
                )
                .joined(separator: ","), names: "times as long"),
        ])
    func malformed(change: Change) throws {
        var change = change
        change.code = .malformed
        try check(change)
    }

    @Test("A cut file and a lone surrogate are refused with their byte offset")
    func damagedJSON() throws {
        for new in ["\"\\ud83d\":7", "\"##a\""] {
            let error = #expect(throws: ModelFilesError.self) {
                try load(Change(kind: "wordpiece", old: "\"##a\":7", new: new, names: ""))
            }
            #expect(error?.message.contains("at byte") == true)
        }
    }

    @Test("A folder without tokenizer.json is refused, saying how to write one")
    func noFile() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: TokenizersError.self) { try TokenizerLoader.load(folder: folder) }
            #expect(error?.code == .missing)
            #expect(error?.advice?.contains("save_pretrained") == true)
        }
    }

    @Test("Two spellings of one character are two pieces")
    func canonicalEquivalence() throws {
        let tokenizer = try TokenizerLoader.load(folder: Fixtures.path("tokenizers-tiny/wordpiece"))
        #expect(tokenizer.encode("\u{E9} e\u{301}", allowSpecial: false) == [10, 11])
        #expect(tokenizer.id(of: "\u{E9}") == 10 && tokenizer.id(of: "e\u{301}") == 11)
    }

    @Test("A merge with a combining mark is read in the older spelling too, both pieces in one string")
    func mergesAsStrings() throws {
        for merge in ["[\"a\",\"\u{301}\"]", "\"a \u{301}\""] {
            var change = Change(kind: "characters", old: "[\"a\",\"\u{301}\"]", new: merge, names: "")
            change.form = "NFD"
            let tokenizer = try load(change)
            #expect(
                tokenizer.encode("ba\u{301}", allowSpecial: false).map(tokenizer.piece) == [
                    "\u{2581}", "b", "a\u{301}",
                ])
        }
    }
}

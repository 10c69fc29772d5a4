import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

@Suite("Damaged and unsupported tokenizers")
struct RefusedTokenizersTests {
    /// Loads the tiny base with one stretch of its tokenizer.json replaced.
    private func load(replacing old: String, with new: String) throws -> any Tokenizer {
        try withTemporaryFolder { folder in
            let source = Fixtures.path("llama-tiny/base")
            for name in ["config.json", "model.safetensors", "tokenizer_config.json"] {
                try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(folder)/\(name)")
            }
            let text = try String(contentsOfFile: "\(source)/tokenizer.json", encoding: .utf8)
            try #require(text.contains(old))
            let changed = text.replacingOccurrences(of: old, with: new)
            try Data(changed.utf8).write(to: URL(fileURLWithPath: "\(folder)/tokenizer.json"))
            return try TokenizerLoader.load(BaseModelFiles(path: folder))
        }
    }

    @Test(
        "What lorad does not have is refused by name",
        arguments: [("\"Digits\"", "\"Metaspace\""), ("\"BPE\"", "\"Unigram\"")])
    func unsupported(old: String, new: String) throws {
        let error = #expect(throws: TokenizersError.self) { try load(replacing: old, with: new) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains(new.filter(\.isLetter)) == true)
    }

    @Test("A negative id, an id given twice and an id far outside are refused", arguments: ["-1", "5", "99999999"])
    func ids(id: String) throws {
        let error = #expect(throws: TokenizersError.self) { try load(replacing: "\"!\": 3,", with: "\"!\": \(id),") }
        #expect(error?.code == .malformed)
    }

    @Test("A cut file and a lone surrogate are refused with their byte offset")
    func damagedJSON() throws {
        for new in ["\"\\ud83d\": 3,", "\"!\": 3"] {
            let error = #expect(throws: ModelFilesError.self) { try load(replacing: "\"!\": 3,", with: new) }
            #expect(error?.message.contains("at byte") == true)
        }
    }
}

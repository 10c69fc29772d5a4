import Evaluation
import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Where a generation stops")
struct EndTokensTests {
    /// The tiny base with other ends in its files.
    private func withBase(
        configuration: String? = nil, generation: String? = nil, tokenizer: String? = nil,
        _ body: (BaseModelFiles) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let base = Fixtures.path("llama-tiny/base")
            for name in try FileManager.default.contentsOfDirectory(atPath: base) {
                try FileManager.default.copyItem(atPath: "\(base)/\(name)", toPath: "\(folder)/\(name)")
            }
            let changes = [
                ("config.json", "eos_token_id", configuration), ("generation_config.json", "eos_token_id", generation),
                ("tokenizer_config.json", "eos_token", tokenizer),
            ]
            for case (let name, let key, .some(let value)) in changes {
                let object = try #require(try JSONReader.parse(file: "\(folder)/\(name)").objectValue)
                let parsed = try JSONReader.parse(value, name: name)
                let text = JSONText.document(.object(object.setting(key, to: parsed)))
                try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            }
            try body(BaseModelFiles(path: folder))
        }
    }

    private func ends(_ base: BaseModelFiles, _ reading: TokenizerReading = .current) throws -> [Int] {
        try EndTokens.of(base, TokenizerLoader.load(base, reading: reading), reading: reading)
    }

    @Test("At every token that config.json, generation_config.json and training end a text with")
    func union() throws {
        try withBase { (base) throws in #expect(try ends(base) == [2]) }
        try withBase(configuration: "[5, 6]", generation: "[7, 5]") { (base) throws in
            #expect(try ends(base) == [5, 6, 7, 2])
            #expect(try ends(base, .version1) == [5, 6])
        }
        try withBase(configuration: "null", generation: "null", tokenizer: "\"<|endoftext|>\"") { (base) throws in
            #expect(try ends(base) == [0])
        }
        try withBase(configuration: "4", generation: "null", tokenizer: "null") { (base) throws in
            #expect(try ends(base) == [4])
            #expect(try TokenizerLoader.load(base).eosTokenID == 4)
        }
    }

    @Test("A generation stops at a token that generation_config.json alone names")
    func stops() throws {
        func generate(_ base: BaseModelFiles) throws -> Generation {
            let generator = TextGenerator(
                tokenizer: try TokenizerLoader.load(base), endTokens: try ends(base), maximumNewTokens: 6)
            return try generator.generate(
                LanguageModel.load(base, dtype: .float32), prompt: generator.encode("the film"), name: "prompt")
        }
        var ids: [Int] = []
        try withBase { ids = try generate($0).ids }
        try #require(ids.count == 6)
        try withBase(generation: "[\(ids[3])]") { base in
            let found = try generate(base)
            #expect(found.ids == Array(ids.prefix { $0 != ids[3] }))
            #expect(found.endToken == ids[3])
        }
    }
}

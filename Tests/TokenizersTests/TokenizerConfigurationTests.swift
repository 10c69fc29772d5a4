import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

/// Folders with files beside tokenizer.json, against what transformers' AutoTokenizer makes of them.
@Suite("Files beside tokenizer.json against transformers")
struct TokenizerConfigurationTests {
    struct Variant: Sendable, CustomStringConvertible {
        let name: String
        let value: JSONValue

        var description: String { name }
        var files: [JSONObject.Member] { value["files"]?.objectValue?.members ?? [] }
    }

    private static let goldens = try? Fixtures.json("tokenizer-configs/goldens.json")
    static let variants = (goldens?["variants"]?.arrayValue ?? []).map {
        Variant(name: $0["name"]?.stringValue ?? "", value: $0)
    }

    /// A folder with the variant's files.
    private func load(_ variant: Variant, reading: TokenizerReading = .current) throws -> any Tokenizer {
        try withTemporaryFolder { folder in
            let kind = try #require(variant.value["kind"]?.stringValue)
            let own = try Fixtures.json("tokenizer-configs/\(kind).json")
            let files =
                variant.files
                + (variant.files.contains { $0.key == "tokenizer.json" } ? [] : [("tokenizer.json", own)])
            for (name, content) in files {
                try Data(JSONText.document(content).utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            }
            return try TokenizerLoader.load(folder: folder, reading: reading)
        }
    }

    @Test("There are as many variants as the script has")
    func count() { #expect(Self.variants.count == 116) }

    @Test("The same ids of the same texts", arguments: variants)
    func ids(_ variant: Variant) throws {
        let tokenizer = try load(variant)
        let all = try goldenTexts(Self.goldens?["texts"])
        let texts = try goldenIntegers(variant.value["texts"]).map { all[$0] }
        let expected = try goldenList(variant.value["ids"])
        try #require(texts.count == expected.count && texts.count > 10)
        for (text, ids) in try paired(texts, expected) {
            #expect(
                tokenizer.encode(text, allowSpecial: true) == ids.arrayValue?.compactMap(\.intValue),
                "\(text.debugDescription)")
        }
    }

    @Test("The same end of text; where transformers has none, config.json's", arguments: variants)
    func endOfText(_ variant: Variant) throws {
        let tokenizer = try load(variant)
        let configuration = variant.files.first { $0.key == "config.json" }?.value
        let expected = variant.value["eos"]?.intValue ?? configuration?["eos_token_id"]?.intValue
        #expect(tokenizer.eosTokenID == expected)
        #expect(tokenizer.bosTokenID == variant.value["bos"]?.intValue)
    }

    @Test("Version 1 of the reading takes tokenizer.json alone, and ends among its added tokens")
    func version1() throws {
        func variant(_ name: String) throws -> Variant { try #require(Self.variants.first { $0.name == name }) }
        #expect(try load(variant("eos-string"), reading: .version1).eosTokenID == 2)
        #expect(try load(variant("eos-map"), reading: .version1).eosTokenID == nil)
        #expect(try load(variant("eos-vocabulary"), reading: .version1).eosTokenID == nil)
        let old = try load(variant("decoder"), reading: .version1).encode("a<tool>b", allowSpecial: true)
        #expect(try old != load(variant("decoder")).encode("a<tool>b", allowSpecial: true))
    }

    @Test(
        "A file that names no token where one belongs is refused, saying which",
        arguments: [
            ("tokenizer_config.json", #"{"eos_token": 5}"#, "tokenizer_config.json"),
            ("tokenizer_config.json", #"{"eos_token": {"text": "a"}}"#, "without 'content'"),
            ("tokenizer_config.json", #"{"added_tokens_decoder": ["<a>"]}"#, "added_tokens_decoder"),
            ("tokenizer_config.json", #"{"added_tokens_decoder": {"x": "<a>"}}"#, "the id \"x\""),
            ("tokenizer_config.json", #"{"tokenizer_class": "BertTokenizer", "do_lower_case": 1}"#, "'do_lower_case'"),
            ("tokenizer_config.json", "[]", "JSON object"),
            ("special_tokens_map.json", #"{"eos_token": true}"#, "where a token was expected"),
            ("added_tokens.json", #"{"<a>": "1"}"#, "no integer"),
        ])
    func malformed(file: String, content: String, names: String) throws {
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                atPath: Fixtures.path("tokenizer-configs/bytes.json"), toPath: folder + "/tokenizer.json")
            try Data(content.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
            let error = #expect(throws: TokenizersError.self) { try TokenizerLoader.load(folder: folder) }
            #expect(error?.code == .malformed)
            #expect(error?.message.contains(names) == true, "\(error?.message ?? "")")
        }
    }

    @Test("A vocabulary needs no weights beside it: a folder's, and a GGUF's")
    func withoutWeights() throws {
        let tiny = Fixtures.path("llama-tiny/base")
        let expected = try TokenizerLoader.load(BaseModelFiles(path: tiny)).encode("Hello there", allowSpecial: true)
        try withTemporaryFolder { folder in
            for name in ["tokenizer.json", "tokenizer_config.json", "config.json"] {
                try FileManager.default.copyItem(atPath: "\(tiny)/\(name)", toPath: "\(folder)/\(name)")
            }
            #expect(try TokenizerLoader.load(path: folder).encode("Hello there", allowSpecial: true) == expected)
            let gguf = try GGUFFile(path: Fixtures.path("llama-tiny/base-f32.gguf"))
            let metadata = gguf.metadata.filter { $0.key != "general.alignment" }.sorted { $0.key < $1.key }
            try GGUFWriter.write(metadata: metadata, tensors: [], to: folder + "/vocabulary.gguf")
            let tokenizer = try TokenizerLoader.load(path: folder + "/vocabulary.gguf")
            #expect(tokenizer.encode("Hello there", allowSpecial: true) == expected)
            let error = #expect(throws: ModelFilesError.self) {
                try BaseModelFiles(path: folder + "/vocabulary.gguf")
            }
            #expect(error?.message.contains("a vocabulary and no weights") == true)
        }
    }
}

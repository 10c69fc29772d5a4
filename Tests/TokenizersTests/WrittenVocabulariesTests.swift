import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Vocabularies written in the other format")
struct WrittenVocabulariesTests {
    /// The tiny Llama's folder with the tiny byte-level tokenizer, changed.
    private func folder(_ changes: [(old: String, new: String)], in folder: String) throws -> String {
        let path = folder + "/base"
        try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: path)
        var text = try String(
            contentsOfFile: Fixtures.path("tokenizers-tiny/byte-level/tokenizer.json"), encoding: .utf8)
        for change in changes {
            try #require(text.contains(change.old))
            text = text.replacingOccurrences(of: change.old, with: change.new)
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/tokenizer.json"))
        return path
    }

    private static let plain = [
        ("{\"type\":\"NFC\"}", "null"), ("{\"type\":\"Digits\",\"individual_digits\":true},", ""),
        ("\"rstrip\":true", "\"rstrip\":false"),
    ]

    @Test(
        "Llama 3's and Qwen's words: a GGUF of a folder, and a folder of that, give the folder's ids",
        arguments: ["llama-bpe", "qwen2"])
    func byteLevel(pre: String) throws {
        try withTemporaryFolder { folder in
            let own = pre == "qwen2" ? [("{1,3}", ""), ("\"ignore_merges\":true", "\"ignore_merges\":false")] : []
            let base = try BaseModelFiles(path: self.folder(Self.plain + own, in: folder))
            let metadata = try GGUFVocabulary.metadata(of: base)
            #expect(metadata["tokenizer.ggml.pre"]?.stringValue == pre)
            let path = folder + "/vocabulary.gguf"
            let sizes = base.configuration
            let embedding = TensorEntry(
                name: "model.embed_tokens.weight",
                matrix: Matrix(rows: sizes.vocabularySize, columns: sizes.hiddenSize))
            try GGUFModelWriter.write(
                [embedding], configuration: base.configuration, name: "vocabulary", tokenizer: metadata, dtype: .f32,
                to: path)
            let gguf = try BaseModelFiles(path: path)
            try TokenizerFiles.write(gguf, to: folder)
            let tokenizers = try [
                TokenizerLoader.load(base), TokenizerLoader.load(gguf), TokenizerLoader.load(folder: folder),
            ]
            for text in try Goldens.texts() {
                let ids = tokenizers.map { $0.encode(text, allowSpecial: true) }
                #expect(ids[0] == ids[1] && ids[1] == ids[2], "\(String(text.debugDescription.prefix(200)))")
            }
        }
    }

    @Test("A GGUF gets the default template, wherever the folder keeps it", arguments: ["json", "jinja", "none"])
    func template(place: String) throws {
        try withTemporaryFolder { folder in
            let path = try self.folder(Self.plain, in: folder)
            unlink(path + "/chat_template.jinja")
            let config = URL(fileURLWithPath: path + "/tokenizer_config.json")
            if var object = try? JSONSerialization.jsonObject(with: Data(contentsOf: config)) as? [String: Any] {
                object["chat_template"] = nil
                try JSONSerialization.data(withJSONObject: object).write(to: config)
            }
            let files = [
                "json": ("chat_template.json", #"{"chat_template": "own"}"#), "jinja": ("chat_template.jinja", "own"),
            ]
            if let (name, text) = files[place] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
            }
            let metadata = try GGUFVocabulary.metadata(of: BaseModelFiles(path: path))
            #expect(metadata["tokenizer.chat_template"]?.stringValue == (place == "none" ? nil : "own"))
        }
    }

    @Test("WordPiece: a folder of a GGUF gives the GGUF's ids and types, alone and in pairs")
    func wordPiece() throws {
        try withTemporaryFolder { folder in
            let gguf = try BaseModelFiles(path: ClassifierCase(name: "bert-gguf").basePath)
            try TokenizerFiles.write(gguf, to: folder)
            let (own, written) = try (TokenizerLoader.load(gguf), TokenizerLoader.load(folder: folder))
            #expect(own.eosTokenID == written.eosTokenID)
            for text in try Goldens.texts() {
                #expect(own.encode(text, allowSpecial: true) == written.encode(text, allowSpecial: true))
                let pairs = try [own, written].map {
                    try $0.encode(text, pair: "Bad film", maximumLength: 20, allowSpecial: true)
                }
                #expect(pairs[0] == pairs[1])
                #expect(Set(pairs[1].typeIDs) == [0, 1])
            }
        }
    }

    @Test("Single digits before Llama 3's words have no equal in llama.cpp, and are refused")
    func unnamed() throws {
        try withTemporaryFolder { folder in
            let changes = Self.plain.filter { !$0.0.contains("Digits") }
            let base = try BaseModelFiles(path: self.folder(changes, in: folder))
            let error = #expect(throws: TokenizersError.self) { try GGUFVocabulary.metadata(of: base) }
            #expect(error?.message.contains("no equal of") == true)
        }
    }
}

import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Content hashes")
struct ContentHashTests {
    /// Runs a shell command and returns its standard output.
    private func shell(_ command: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("Text hashes to its published SHA-256")
    func vectors() throws {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(ContentHash.ofBytes(Data("abc".utf8)) == abc)
        let folder = try TemporaryFolder()
        #expect(try ContentHash.ofFile(try folder.write("abc", as: "abc")) == abc)
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(try ContentHash.ofFile(try folder.write("", as: "empty")) == empty)
    }

    @Test("A folder's hash is what the documented shell command prints", arguments: ["llama", "llama-sharded"])
    func folder(_ name: String) throws {
        let folder = try TemporaryFolder()
        try folder.copyFixture(name)
        try FileManager.default.copyItem(
            atPath: Fixtures.path("llama/tokenizer.json"), toPath: folder.path + "/copy.json")
        if name == "llama-sharded" {
            try folder.write("{}", as: "tokenizer.json")
            try folder.write(SyntheticFiles.safetensors("{}"), as: "Zebra é.safetensors")
            try folder.write("hidden files are not listed", as: ".x.safetensors")
        }
        let printed = try shell("cd '\(folder.path)' && LC_ALL=C sha256sum config.json *.safetensors | sha256sum")
        let hash = try ContentHash.ofBase(folder.path)
        #expect(hash.sha256 == printed.prefix(64))
        #expect(try shell("sha256sum '\(folder.path)/tokenizer.json'").hasPrefix(hash.tokenizerSHA256Version1))
        #expect(hash.modelType == "llama")
        #expect(hash.parameters == 4112)
    }

    /// The command that docs/tokenizers.md states.
    private static let tokenizerCommand =
        "export LC_ALL=C; ls -d tokenizer.json tokenizer_config.json special_tokens_map.json added_tokens.json "
        + "generation_config.json vocab.json vocab.txt merges.txt tokenizer.model chat_template.jinja "
        + "chat_template.json additional_chat_templates/*.jinja 2>/dev/null | xargs -d '\\n' sha256sum | sha256sum"

    @Test("The documented command is the one tested")
    func documentedCommand() throws {
        let page = URL(fileURLWithPath: Fixtures.folder).appendingPathComponent("../../../docs/tokenizers.md")
        let words = try String(contentsOf: page, encoding: .utf8).split { " \n\\()".contains($0) }
        let command = Self.tokenizerCommand.split { " \n\\()".contains($0) }
        #expect(words.indices.contains { words[$0...].starts(with: command) })
    }

    @Test("A folder's tokenizer hash is what the documented command prints; each file that is read changes it")
    func tokenizerFolder() throws {
        let folder = try TemporaryFolder()
        try folder.copyFixture("llama")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/additional_chat_templates", withIntermediateDirectories: true)
        var seen = [try ContentHash.ofBase(folder.path).tokenizerSHA256]
        let names = [
            "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "generation_config.json",
            "vocab.json", "vocab.txt", "merges.txt", "tokenizer.model", "chat_template.jinja", "chat_template.json",
            "additional_chat_templates/tool use.jinja", "additional_chat_templates/rag.jinja",
        ]
        for name in names {
            for content in ["{}", "{ }"] {
                try folder.write(content, as: name)
                let hash = try ContentHash.ofBase(folder.path)
                let printed = try shell("cd '\(folder.path)' && \(Self.tokenizerCommand)")
                #expect(printed.hasPrefix(hash.tokenizerSHA256))
                #expect(try hash.tokenizerSHA256Version1 == ContentHash.ofFile(folder.path + "/tokenizer.json"))
                seen.append(hash.tokenizerSHA256)
            }
        }
        #expect(Set(seen).count == 2 * names.count + 1)
        for name in ["README.md", "additional_chat_templates/.hidden.jinja", "additional_chat_templates/x.txt"] {
            try folder.write("{}", as: name)
            #expect(try ContentHash.ofBase(folder.path).tokenizerSHA256 == seen.last)
        }
        try folder.write("{}", as: "additional_chat_templates/a\\b.jinja")
        expectError(.unsupported, containing: "cannot be listed") { try ContentHash.ofBase(folder.path) }
    }

    @Test("Every end and every template of a GGUF changes its tokenizer's hash, and not version 1 of it")
    func tokenizerGGUF() throws {
        let folder = try TemporaryFolder()
        let original = try GGUFFile(path: Fixtures.path("llama.gguf"))
        let changes: [(String, GGUFValue)] = [
            ("tokenizer.ggml.eot_token_id", .uint32(3)), ("tokenizer.ggml.eom_token_id", .uint32(4)),
            ("tokenizer.ggml.eot_token_id", .uint32(5)), ("tokenizer.chat_template", .string("a")),
            ("tokenizer.chat_template", .string("b")), ("tokenizer.chat_template.tool_use", .string("a")),
            ("tokenizer.chat_template.rag", .string("a")), ("tokenizer.ggml.add_bos_token", .bool(true)),
            ("tokenizer.ggml.add_space_prefix", .bool(false)),
        ]
        let entry = TensorEntry(name: "token_embd.weight", matrix: Matrix(rows: 12, columns: 16))
        func hash(_ change: (String, GGUFValue)?) throws -> (now: String, version1: String) {
            var metadata = original.metadata
            if let (key, value) = change { metadata[key] = value }
            let path = folder.path + "/x.gguf"
            try GGUFWriter.write(metadata: metadata.map { ($0.key, $0.value) }, tensors: [(entry, .f32)], to: path)
            let files = try BaseModelFiles(path: path)
            return (try ContentHash.ofTokenizer(files), try ContentHash.ofTokenizerVersion1(files))
        }
        let hashes = try [hash(nil)] + changes.map(hash)
        #expect(Set(hashes.map(\.now)).count == changes.count + 1)
        #expect(Set(hashes.map(\.version1)).count == 1)
    }

    @Test("A .gguf's hash is the file's; its tokenizer's is that of the documented serialisation")
    func gguf() throws {
        let path = Fixtures.path("llama.gguf")
        let hash = try ContentHash.ofBase(path)
        #expect(try shell("sha256sum '\(path)'").hasPrefix(hash.sha256))
        var text = "tokens 12\n" + (0..<12).map { $0 < 10 ? "6 token\($0)\n" : "7 token\($0)\n" }.joined()
        text += "token_type 12\n" + String(repeating: "1 1\n", count: 12) + "merges 2\n3 t o\n4 to k\n"
        text += "model gpt2\npre smollm\nbos 1\neos 2\n"
        #expect(hash.tokenizerSHA256 == ContentHash.ofBytes(Data(text.utf8)))
        text += "unknown \npadding \n"
        #expect(hash.tokenizerSHA256Version1 == ContentHash.ofBytes(Data(text.utf8)))
    }

    @Test("The JSON has the contract's keys")
    func json() throws {
        let encoded = try JSONEncoder().encode(try ContentHash.ofBase(Fixtures.path("llama")))
        let keys = try encoded.withUnsafeBytes { try JSONReader.parse($0, name: "hash") }.objectValue?.keys ?? []
        #expect(Set(keys) == ["path", "sha256", "tokenizer_sha256", "model_type", "parameters"])
    }

    @Test("A file name that sha256sum would escape is refused")
    func oddNames() throws {
        let folder = try TemporaryFolder()
        try folder.copyFixture("llama")
        try folder.write(SyntheticFiles.safetensors("{}"), as: "a\\b.safetensors")
        expectError(.unsupported, containing: "cannot be listed") { try ContentHash.ofBase(folder.path) }
    }

    @Test("A folder without a tokenizer is missing it")
    func noTokenizer() throws {
        expectError(.missing, containing: "tokenizer.json") { try ContentHash.ofBase(Fixtures.path("llama-sharded")) }
    }
}

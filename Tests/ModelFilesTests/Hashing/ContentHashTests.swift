import Foundation
import ModelFiles
import Testing

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
        #expect(try shell("sha256sum '\(folder.path)/tokenizer.json'").hasPrefix(hash.tokenizerSHA256))
        #expect(hash.modelType == "llama")
        #expect(hash.parameters == 4112)
    }

    @Test("A .gguf's hash is the file's; its tokenizer's is that of the documented serialisation")
    func gguf() throws {
        let path = Fixtures.path("llama.gguf")
        let hash = try ContentHash.ofBase(path)
        #expect(try shell("sha256sum '\(path)'").hasPrefix(hash.sha256))
        var text = "tokens 12\n" + (0..<12).map { $0 < 10 ? "6 token\($0)\n" : "7 token\($0)\n" }.joined()
        text += "token_type 12\n" + String(repeating: "1 1\n", count: 12) + "merges 2\n3 t o\n4 to k\n"
        text += "model gpt2\npre smollm\nbos 1\neos 2\nunknown \npadding \n"
        #expect(hash.tokenizerSHA256 == ContentHash.ofBytes(Data(text.utf8)))
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

import Foundation
import ModelFiles
import TestSupport
import Testing
import Transformers

@Suite("A base's folder, what is read of it once and for all")
struct ModelFolderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.copyFixture("llama")
    }

    @Test("A small file that has other bytes when it is read again is refused; one that comes later stays absent")
    func sameBytes() throws {
        let files = ModelFolder(folder.path)
        #expect(try files.bytes("tokenizer_config.json.none") == nil)
        let first = try #require(try files.bytes("tokenizer.json"))
        #expect(try files.bytes("tokenizer.json") == first)
        try folder.write("{}", as: "tokenizer_config.json.none")
        #expect(try files.bytes("tokenizer_config.json.none") == nil)
        try folder.write("{}", as: "tokenizer.json")
        expectError(.mismatch, containing: "tokenizer.json was changed") { try files.bytes("tokenizer.json") }
        expectError(.mismatch, containing: "tokenizer.json was changed") { try files.confirm() }
    }

    @Test("Weights changed in place after they were hashed are found, whatever size and modification time say")
    func weightsInPlace() throws {
        let base = try BaseModelFiles(path: folder.path)
        _ = try ContentHash.ofBase(base)
        try base.confirm()
        try changeInPlace(folder.path + "/model.safetensors")
        let error = expectError(.mismatch, containing: "model.safetensors was changed") { try base.confirm() }
        #expect(error?.advice != nil)
    }

    @Test("Weights that change between being opened and being hashed are refused")
    func beforeHash() throws {
        let base = try BaseModelFiles(path: folder.path)
        try changeInPlace(folder.path + "/model.safetensors")
        expectError(.mismatch, containing: "model.safetensors was changed") { try ContentHash.ofBase(base) }
    }

    @Test("Attributes, another link, and the same bytes in another file change nothing; other bytes or none do")
    func sameContent() throws {
        let path = folder.path + "/model.safetensors"
        let base = try BaseModelFiles(path: folder.path)
        _ = try ContentHash.ofBase(base)
        try #require(chmod(path, 0o600) == 0)
        try base.confirm()
        try #require(link(path, folder.path + "/backup") == 0)
        try base.confirm()
        try FileManager.default.copyItem(atPath: path, toPath: folder.path + "/copy")
        try #require(rename(folder.path + "/copy", path) == 0)
        try base.confirm()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: folder.path + "/copy"))
        try #require(rename(folder.path + "/copy", path) == 0)
        expectError(.mismatch, containing: "model.safetensors was changed") { try base.confirm() }
        try #require(unlink(path) == 0)
        expectError(.mismatch, containing: "model.safetensors was changed") { try base.confirm() }
    }

    @Test("A GGUF is confirmed as a folder is")
    func gguf() throws {
        try FileManager.default.copyItem(atPath: Fixtures.path("llama.gguf"), toPath: folder.path + "/base.gguf")
        let base = try BaseModelFiles(path: folder.path + "/base.gguf")
        _ = try ContentHash.ofBase(base)
        try base.confirm()
        try changeInPlace(folder.path + "/base.gguf")
        expectError(.mismatch, containing: "base.gguf was changed") { try base.confirm() }
    }

    @Test("What a link leads to is published where it is the folder's own, a hub's blob, or for everybody to read")
    func publishable() throws {
        let elsewhere = try TemporaryFolder()
        try elsewhere.write("secret", as: "secret")
        try #require(chmod(elsewhere.path + "/secret", 0o600) == 0)
        try folder.write("own", as: "LICENSE")
        try #require(chmod(folder.path + "/LICENSE", 0o600) == 0)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/NOTICE", withDestinationPath: elsewhere.path + "/secret")
        #expect(try ModelFolder(folder.path).publishable("LICENSE") == Data("own".utf8))
        #expect(try ModelFolder(folder.path).publishable("none") == nil)
        let error = expectError(.forbidden, containing: "NOTICE") { try ModelFolder(folder.path).publishable("NOTICE") }
        #expect(error?.cause?.contains("\(elsewhere.path)/secret, of mode 0600") == true, "\(error?.cause ?? "")")
        try #require(chmod(elsewhere.path + "/secret", 0o644) == 0)
        #expect(try ModelFolder(folder.path).publishable("NOTICE") == Data("secret".utf8))

        let files = FileManager.default
        for name in ["hub/snapshots/1", "hub/blobs"] {
            try files.createDirectory(atPath: "\(elsewhere.path)/\(name)", withIntermediateDirectories: true)
        }
        try elsewhere.write("blob", as: "hub/blobs/0123")
        try #require(chmod(elsewhere.path + "/hub/blobs/0123", 0o600) == 0)
        try files.createSymbolicLink(
            atPath: elsewhere.path + "/hub/snapshots/1/LICENSE", withDestinationPath: "../../blobs/0123")
        #expect(try ModelFolder(elsewhere.path + "/hub/snapshots/1").publishable("LICENSE") == Data("blob".utf8))
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing
import Transformers

@Suite("Which files may be read")
struct ReadingRuleTests {
    private let folder: TemporaryFolder
    private let outside: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        outside = try TemporaryFolder()
        try folder.write("inside", as: "inside")
        try outside.write("secret", as: "secret")
    }

    /// What lies in the folder.
    private var rule: ReadingRule {
        let root = folder.path + "/"
        return ReadingRule { place in
            place.path.hasPrefix(root) ? nil : .init(cause: "It lies at \(place.path).", advice: "Name another.")
        }
    }

    private func link(_ name: String, to target: String) throws -> String {
        let path = "\(folder.path)/\(name)"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        return path
    }

    @Test("A file is judged by where it lies, whatever path led there, and by every reader")
    func place() throws {
        let inside = try link("absolute", to: folder.path + "/inside")
        for path in [inside, folder.path + "/inside", try link("chain", to: "absolute")] {
            #expect(try RegularFile.read(path, limit: 10, rule: rule) == Data("inside".utf8))
            #expect(try MappedFile(path: path, rule: rule).withBytes { Array($0) } == Array("inside".utf8))
            #expect(try ContentHash.ofFile(path, rule: rule) == ContentHash.ofBytes(Data("inside".utf8)))
        }
        for path in [try link("away", to: outside.path + "/secret"), outside.path + "/secret"] {
            let error = expectError(.forbidden, containing: path) { try RegularFile.read(path, limit: 10, rule: rule) }
            #expect(error?.cause == "It lies at \(outside.path)/secret.")
            expectError(.forbidden) { try MappedFile(path: path, rule: rule) }
            expectError(.forbidden) { try ContentHash.ofFile(path, rule: rule) }
        }
        expectError(.missing) { try RegularFile.read(folder.path + "/none", limit: 10, rule: rule) }
        expectError(.missing, containing: "not a regular file") {
            try RegularFile.read(folder.path, limit: 10, rule: rule)
        }
    }

    @Test("A link that is swapped all the while leads to what may be read or to a refusal, never outside")
    func swapped() throws {
        let path = try link("swapped", to: "inside")
        let spare = folder.path + "/spare"
        let (stop, secret) = (Stop(), outside.path + "/secret")
        let swapping = Thread {
            var isInside = true
            while !stop.isSet {
                isInside.toggle()
                _ = symlink(isInside ? "inside" : secret, spare)
                _ = rename(spare, path)
            }
        }
        swapping.start()
        defer { stop.set() }
        var (read, refused) = (0, 0)
        for _ in 0..<4000 {
            do {
                try #require(try RegularFile.read(path, limit: 10, rule: rule) == Data("inside".utf8))
                read += 1
            } catch let error as ModelFilesError {
                #expect(error.code == .forbidden, "\(error)")
                refused += 1
            }
        }
        #expect(read > 0 && refused > 0, "\(read) read, \(refused) refused: nothing was swapped in between")
    }

    @Test("Every file of a base is judged: configuration, weights, tokenizer and template")
    func base() throws {
        try folder.copyFixture("llama")
        let names = ["config.json", "model.safetensors", "tokenizer.json"]
        let whole = try BaseModelFiles(path: folder.path, rule: rule)
        let hash = try ContentHash.ofBase(whole)
        for name in names {
            let path = "\(folder.path)/\(name)"
            try FileManager.default.moveItem(atPath: path, toPath: "\(outside.path)/\(name)")
            _ = try link(name, to: "\(outside.path)/\(name)")
            expectError(.forbidden, containing: name) {
                try ContentHash.ofBase(BaseModelFiles(path: folder.path, rule: rule))
            }
            #expect(try ContentHash.ofBase(folder.path).sha256 == hash.sha256)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: "\(outside.path)/\(name)", toPath: path)
        }
    }
}

/// Tells a thread to stop.
private final class Stop: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false
    var isSet: Bool { lock.withLock { value } }
    func set() { lock.withLock { value = true } }
}

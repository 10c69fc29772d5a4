import Foundation
import ModelFiles
import TestSupport
import Testing
import Transformers

@Suite("The hash cache")
struct HashCacheTests {
    private let folder: TemporaryFolder
    private let file: String
    private let cachePath: String

    init() throws {
        folder = try TemporaryFolder()
        file = try folder.write("content", as: "file")
        cachePath = folder.path + "/cache.json"
    }

    /// Files need only lie still for as long as tests have the patience to wait for.
    private var cache: HashCache { HashCache(file: cachePath, settlingSeconds: 0.02) }

    /// Sets the file's modification time to some seconds ago, and waits until the cache takes the file as settled.
    private func age(_ path: String, seconds: Double) throws {
        let date = Date(timeIntervalSinceNow: -seconds)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        usleep(40_000)
    }

    /// Replaces the remembered hash, which shows whether the cache is asked.
    private func forge() throws -> String {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: cachePath)), as: UTF8.self)
        let forged = String(repeating: "0", count: 64)
        try folder.write(
            text.replacingOccurrences(of: ContentHash.ofBytes(Data("content".utf8)), with: forged), as: "cache.json")
        return forged
    }

    @Test("An unchanged file is not read again, under any spelling of its path")
    func remembered() throws {
        try age(file, seconds: 60)
        let hash = try ContentHash.ofFile(file, cache: cache)
        #expect(hash == ContentHash.ofBytes(Data("content".utf8)))
        let forged = try forge()
        #expect(try ContentHash.ofFile(file, cache: cache) == forged)
        #expect(
            try ContentHash.ofFile(
                folder.path + "/../\(URL(fileURLWithPath: folder.path).lastPathComponent)/file", cache: cache) == forged
        )
    }

    @Test("A file with another size, time or inode is read again")
    func changed() throws {
        let hash = try ContentHash.ofFile(file)
        for change in 0..<3 {
            try age(file, seconds: 60)
            _ = try ContentHash.ofFile(file, cache: cache)
            _ = try forge()
            switch change {
            case 0: try age(file, seconds: 50)
            case 1:
                // The same bytes, size and time in another file.
                let modified = try FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
                try folder.write("content", as: "other")
                try FileManager.default.setAttributes(
                    [.modificationDate: try #require(modified)], ofItemAtPath: folder.path + "/other")
                _ = rename(folder.path + "/other", file)
            default: try folder.write("content", as: "file")
            }
            #expect(try ContentHash.ofFile(file, cache: cache) == hash, "change \(change)")
        }
    }

    @Test("A file changed in place is read again though its size and modification time are as before")
    func changedInPlace() throws {
        try age(file, seconds: 60)
        let hash = try ContentHash.ofFile(file, cache: cache)
        #expect(cache.state == .entries(1))
        try changeInPlace(file)
        usleep(40_000)
        let changed = try ContentHash.ofFile(file, cache: cache)
        #expect(changed != hash)
        #expect(changed == ContentHash.ofBytes(Data("contenu".utf8)))
    }

    @Test("A cache of version 1, whose identities had no time of the last change, is not trusted")
    func olderVersion() throws {
        try age(file, seconds: 60)
        var status = stat()
        try #require(stat(file, &status) == 0)
        let modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        let forged = String(repeating: "0", count: 64)
        let identity =
            #"{"device": \#(status.st_dev), "inode": \#(status.st_ino), "modified": \#(modified), "size": 7}"#
        try folder.write(#"{"\#(file)": {"identity": \#(identity), "sha256": "\#(forged)"}}"#, as: "cache.json")
        #expect(cache.state == .otherVersion)
        #expect(try ContentHash.ofFile(file, cache: cache) == ContentHash.ofBytes(Data("content".utf8)))
        #expect(cache.state == .entries(1))
    }

    @Test("Whoever asks for the bytes' hash gets it, and the cache with it")
    func rereading() throws {
        try folder.copyFixture("llama")
        usleep(40_000)
        let base = try BaseModelFiles(path: folder.path)
        let hash = try ContentHash.ofBase(base, cache: cache)
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: cachePath)), as: UTF8.self)
        let weights = try ContentHash.ofFile(folder.path + "/model.safetensors")
        let forged = String(repeating: "0", count: 64)
        try folder.write(text.replacingOccurrences(of: weights, with: forged), as: "cache.json")
        #expect(try ContentHash.ofBase(folder.path, cache: cache).sha256 != hash.sha256)
        let files = try BaseModelFiles(path: folder.path)
        #expect(try ContentHash.ofBase(files, cache: cache, rereading: true).sha256 == hash.sha256)
        #expect(try ContentHash.ofBase(folder.path, cache: cache).sha256 == hash.sha256)
    }

    @Test("A file modified a moment ago, or in the future, is not remembered", arguments: [0, -3600])
    func tooYoung(_ seconds: Double) throws {
        try age(file, seconds: seconds)
        // The future one lies still for long enough by the time of its last change.
        let cache = seconds < 0 ? cache : HashCache(file: cachePath)
        _ = try ContentHash.ofFile(file, cache: cache)
        #expect(!FileManager.default.fileExists(atPath: cachePath))
    }

    @Test("A damaged cache counts as empty and is written anew", arguments: ["", "{", "[]", #"{"a":1}"#, "\u{0}"])
    func damaged(_ text: String) throws {
        try age(file, seconds: 60)
        try folder.write(text, as: "cache.json")
        #expect(try ContentHash.ofFile(file, cache: cache) == ContentHash.ofBytes(Data("content".utf8)))
        let forged = try forge()
        #expect(try ContentHash.ofFile(file, cache: cache) == forged)
    }

    @Test("A cache that cannot be written costs nothing but time")
    func unwritable() throws {
        try age(file, seconds: 60)
        let nowhere = HashCache(file: folder.path + "/no/such/folder/cache.json")
        #expect(try ContentHash.ofFile(file, cache: nowhere) == ContentHash.ofBytes(Data("content".utf8)))
    }

    @Test("What a process hands over is taken for the files that it had to hash, and for no other")
    func handedOver() throws {
        let other = try folder.write("other", as: "other")
        for path in [file, other] { try age(path, seconds: 60) }
        usleep(40_000)
        let additions = folder.path + "/additions.json"
        let apart = HashCache(file: cachePath, additions: additions, settlingSeconds: 0.02)
        let hashes = try [file, other].map { try ContentHash.ofFile($0, cache: apart) }
        #expect(!FileManager.default.fileExists(atPath: cachePath), "it may not write what all share")
        #expect(apart.state == .absent)
        cache.adopt(try Data(contentsOf: URL(fileURLWithPath: additions)), under: [file])
        #expect(cache.state == .entries(1))
        let forged = try forge()
        #expect(try ContentHash.ofFile(file, cache: cache) == forged)
        #expect(try ContentHash.ofFile(other, cache: cache) == hashes[1])
        cache.adopt(Data("{".utf8), under: [file])
        #expect(cache.state == .entries(2))
    }

    @Test("A process that may write no file keeps what it found in memory, uses it, and hands it over")
    func inMemory() throws {
        try age(file, seconds: 60)
        usleep(40_000)
        let found = FoundHashes()
        let reader = HashCache(known: nil, found: found, settlingSeconds: 0.02)
        #expect(found.text == nil)
        let hash = try ContentHash.ofFile(file, cache: reader)
        #expect(!FileManager.default.fileExists(atPath: cachePath))
        cache.adopt(Data(try #require(found.text).utf8), under: [file])
        #expect(cache.state == .entries(1))
        let forged = try forge()
        #expect(try ContentHash.ofFile(file, cache: cache) == forged)
        #expect(try ContentHash.ofFile(file, cache: reader) == hash, "what it found itself comes first")
        let other = try folder.write("other", as: "other")
        #expect(cache.known(under: [other]) == nil)
        let informed = FoundHashes()
        let next = HashCache(known: cache.known(under: [other, file]), found: informed, settlingSeconds: 0.02)
        #expect(try ContentHash.ofFile(file, cache: next) == forged)
        #expect(informed.text == nil, "it was told")
    }

    @Test("Writers at the same time leave a whole file")
    func concurrent() async throws {
        let files = try (0..<20).map { index in
            try folder.write("content \(index)", as: "file\(index)")
        }
        usleep(40_000)
        let cache = cache
        try await withThrowingTaskGroup(of: Void.self) { group in
            for path in files { group.addTask { _ = try ContentHash.ofFile(path, cache: cache) } }
            try await group.waitForAll()
        }
        #expect(try JSONReader.parse(file: cachePath)["files"]?.objectValue?.count ?? 0 >= 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("partial") }
        #expect(left.isEmpty)
    }
}

import Foundation
import Glibc
import ModelFiles
import TestSupport
import Testing

@Suite("Reading a file for its hash")
struct ContentHashReadingTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/rows"
    }

    /// Makes a file of `size` bytes that no disk has to hold.
    private func make(_ size: Int) throws {
        try folder.write("x", as: "rows")
        try #require(truncate(path, off_t(size)) == 0)
    }

    @Test("Every byte once and in order, whatever the size", arguments: [0, 1, 1 << 20, (1 << 20) + 1, 5_000_000])
    func whole(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try ContentHash.ofFile(path) == ContentHash.ofBytes(Data(bytes)))
    }

    @Test("A file cut short while its hash is taken is an error, not the end of the process")
    func truncated() throws {
        try make(64 << 20)
        let path = path
        let cache = HashCache(file: folder.path + "/cache.json", onRead: { _ in _ = truncate(path, 4_096) })
        let error = #expect(throws: ModelFilesError.self) { try ContentHash.ofFile(path, cache: cache) }
        #expect(error?.code == .mismatch)
    }

    @Test("Whoever is told of the bytes of weights may give the reading up too")
    func mapped() throws {
        struct Enough: Error {}
        try make(64 << 20)
        let cache = HashCache(file: folder.path + "/cache.json", onRead: { _ in throw Enough() })
        #expect(throws: Enough.self) { try MappedFile(path: path).sha256(cache: cache) }
    }

    @Test("A file that is written to, or grows, while its hash is taken is an error")
    func changed() throws {
        try make(3 << 20)
        let path = path
        let cache = HashCache(file: folder.path + "/cache.json", onRead: { _ in _ = truncate(path, 4 << 20) })
        let error = #expect(throws: ModelFilesError.self) { try ContentHash.ofFile(path, cache: cache) }
        #expect(error?.code == .mismatch)
    }

    @Test("Whoever is told of the bytes may give the reading up")
    func givenUp() throws {
        struct Enough: Error {}
        try make(64 << 20)
        let cache = HashCache(
            file: folder.path + "/cache.json",
            onRead: { count in
                #expect(count <= 1 << 20)
                throw Enough()
            })
        #expect(throws: Enough.self) { try ContentHash.ofFile(path, cache: cache) }
        #expect(cache.state == .absent)
    }

    @Test("A pipe or a folder is refused, without waiting for a writer")
    func noFile() throws {
        #expect(mkfifo(path, 0o600) == 0)
        for path in [path, folder.path, folder.path + "/none"] {
            let error = #expect(throws: ModelFilesError.self) { try ContentHash.ofFile(path) }
            #expect(error?.code == .missing)
        }
    }
}

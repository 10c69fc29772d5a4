import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Mapped files")
struct MappedFileTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.write([UInt8](repeating: 7, count: 10_000), as: "file")
    }

    @Test("Ranges inside the file are lent, others refused")
    func ranges() throws {
        let file = try MappedFile(path: path)
        #expect(try file.withBytes(in: 9_990..<10_000) { Array($0) } == [UInt8](repeating: 7, count: 10))
        #expect(try file.withBytes(in: 10_000..<10_000) { $0.count } == 0)
        expectError(.malformed, containing: "10000 bytes long") { try file.withBytes(in: 9_990..<10_001) { _ in } }
        expectError(.malformed) { try file.withBytes(in: -1..<1) { _ in } }
    }

    @Test("A file cut short while it is mapped is refused, not read past its end")
    func cutShort() throws {
        let file = try MappedFile(path: path)
        #expect(truncate(path, 10) == 0)
        expectError(.mismatch, containing: "changed while") { try file.withBytes { $0.count } }
    }

    @Test("A file replaced by a rename is read as it was when it was opened")
    func replaced() throws {
        let file = try MappedFile(path: path)
        let other = try folder.write([1], as: "other")
        #expect(rename(other, path) == 0)
        #expect(try file.withBytes { Array($0) } == [UInt8](repeating: 7, count: 10_000))
    }

    @Test("An empty file has no bytes")
    func empty() throws {
        let file = try MappedFile(path: try folder.write("", as: "empty"))
        #expect(try file.withBytes { $0.count } == 0)
    }

    @Test("A pipe is refused without waiting for a writer")
    func pipe() {
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        expectError(.missing, containing: "not a regular file") { try MappedFile(path: pipe) }
    }
}

import Common
import Foundation
import ModelFiles
import Tensors
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

    @Test("What was read of a file is held no longer: neither its tensors, nor what was hashed")
    func letGo() throws {
        let (rows, columns) = (5_000, 2_000)
        let bytes = 4 * rows * columns
        let header = #"{"w":{"dtype":"F32","shape":[\#(rows),\#(columns)],"data_offsets":[0,\#(bytes)]}}"#
        let path = try folder.write(SyntheticFiles.safetensors(header, dataBytes: bytes), as: "model.safetensors")
        let weights = try SafetensorsFile(path: path)
        let mapped = try MappedFile(path: path)
        #expect(try mapped.withBytes { $0.reduce(0) { $0 | $1 } } != 0)
        #expect(try residentBytes(of: path) >= bytes)
        try weights.read("w", into: Matrix(rows: rows, columns: columns))
        _ = try mapped.sha256()
        // The pages at a piece's ends may stay, and the kernel maps some of their neighbours.
        #expect(try residentBytes(of: path) < 1 << 20)
        #expect(try mapped.withBytes(in: 8..<9) { $0[0] } == UInt8(ascii: "{"))
    }

    /// Bytes of a file's mappings that are in this process's memory.
    private func residentBytes(of path: String) throws -> Int {
        let lines = try #require(KernelText.read("/proc/self/smaps")).split(separator: "\n")
        return lines.indices.filter { lines[$0].hasSuffix(" " + path) }.reduce(0) { sum, place in
            let resident = lines[place...].first { $0.hasPrefix("Rss:") }?.split(separator: " ").dropFirst().first
            return sum + (resident.flatMap { Int($0) } ?? 0) << 10
        }
    }

    @Test("A pipe is refused without waiting for a writer")
    func pipe() {
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        expectError(.missing, containing: "not a regular file") { try MappedFile(path: pipe) }
    }
}

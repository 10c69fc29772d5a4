import Common
import Foundation
import TestSupport
import Testing

@Suite("Atomic files")
struct AtomicFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Interruption: Error {}

    @Test("A write that fails half way leaves the old content and no other file")
    func interrupted() throws {
        let path = try folder.write("old", as: "file")
        #expect(throws: Interruption.self) {
            try AtomicFile.write(to: path) { output in
                try Array("new".utf8).withUnsafeBytes { try output.write($0) }
                throw Interruption()
            }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        #expect(folder.names == ["file"])
    }

    @Test("A write replaces the content, padded as asked")
    func replaced() throws {
        let path = try folder.write("old", as: "file")
        try AtomicFile.write(to: path) { output in
            try Array("new".utf8).withUnsafeBytes { try output.write($0) }
            try output.pad(to: 8)
            try output.pad(to: 8)
        }
        #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == Array("new\0\0\0\0\0".utf8))
        #expect(folder.names == ["file"])
    }

    @Test("A folder that is not there is refused by path")
    func noFolder() {
        let error = #expect(throws: SystemError.self) { try AtomicFile.write(Data(), to: folder.path + "/none/file") }
        #expect(error?.code == .unwritable && error?.message.contains("/none/file") == true)
        #expect(error?.cause == "No such file or directory" && error?.advice != nil)
    }

    @Test("A file that is replaced unflushed is whole too, and its half is not seen")
    func unflushed() throws {
        let path = try folder.write("old", as: "file")
        try AtomicFile.replace(Data("new".utf8), at: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
        #expect(folder.names == ["file"])
        let error = #expect(throws: SystemError.self) { try AtomicFile.replace(Data(), at: folder.path + "/none/file") }
        #expect(error?.code == .unwritable)
    }
}

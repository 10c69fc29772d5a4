import Foundation
import ModelFiles
import Testing

@Suite("Atomic files")
struct AtomicFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Interruption: Error {}

    private var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }

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
        #expect(files == ["file"])
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
        #expect(files == ["file"])
    }

    @Test("A folder that is not there is refused by path")
    func noFolder() {
        expectError(.unwritable, containing: "/none/file") {
            try AtomicFile.write(Data(), to: folder.path + "/none/file")
        }
    }
}

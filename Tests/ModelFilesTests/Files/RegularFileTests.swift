import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Regular files")
struct RegularFileTests {
    @Test("A file is read whole up to the limit, and refused beyond it")
    func limit() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
            #expect(try RegularFile.read(path, limit: 3) == Data([1, 2, 3]))
            let error = #expect(throws: ModelFilesError.self) { try RegularFile.read(path, limit: 2) }
            #expect(error?.code == .malformed)
            try Data().write(to: URL(fileURLWithPath: path))
            #expect(try RegularFile.read(path, limit: 0).isEmpty)
        }
    }

    @Test("A pipe is not waited for, a device is not read, a folder is no file")
    func others() throws {
        try withTemporaryFolder { folder in
            let pipe = folder + "/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            for path in [pipe, "/dev/zero", folder, folder + "/none"] {
                let error = #expect(throws: ModelFilesError.self, "\(path)") { try RegularFile.read(path, limit: 10) }
                #expect(error?.code == .missing, "\(path)")
            }
        }
    }
}

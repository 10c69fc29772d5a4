import Common
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Durable files")
struct DurableTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/file" }

    init() throws { folder = try TemporaryFolder() }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("A file is written over an older and longer one")
    func over() throws {
        try Durable.write(Data("longer".utf8), to: path)
        try Durable.write(Data("new".utf8), to: path)
        #expect(try text(path) == "new" && folder.names == ["file"])
    }

    @Test("A new file never takes the place of another, nor follows a link")
    func new() throws {
        try Durable.writeNew(Data("first".utf8), to: path)
        let error = #expect(throws: SystemError.self) { try Durable.writeNew(Data("second".utf8), to: path) }
        #expect(error?.code == .unwritable && error?.cause == "File exists")
        #expect(try text(path) == "first")
        #expect(symlink("nowhere", folder.path + "/link") == 0)
        #expect(throws: SystemError.self) { try Durable.writeNew(Data(), to: folder.path + "/link") }
        #expect(folder.names == ["file", "link"])
    }

    @Test("A second name is given once, and never over another file")
    func linked() throws {
        try folder.write("one", as: "file")
        try folder.write("two", as: "taken")
        #expect(try Durable.linkWithoutReplacing(path, to: folder.path + "/free"))
        #expect(try !Durable.linkWithoutReplacing(path, to: folder.path + "/taken"))
        #expect(try text(folder.path + "/free") == "one" && text(folder.path + "/taken") == "two")
        #expect(throws: SystemError.self) { try Durable.linkWithoutReplacing(path, to: folder.path + "/none/free") }
    }

    @Test("A link is pointed elsewhere in one step, whatever an earlier attempt left")
    func pointed() throws {
        let link = folder.path + "/latest"
        for target in ["first", "second"] {
            try folder.write("left over", as: "half")
            try Durable.link(link, to: target, through: folder.path + "/half")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
            #expect(folder.names == ["latest"])
        }
    }

    @Test("What cannot be done is refused by path and cause, and may pass")
    func refused() {
        let none = folder.path + "/none"
        let attempts: [() throws -> Void] = [
            { try Durable.synchronize(none) }, { try Durable.rename(none, to: path) },
            { try Durable.write(Data(), to: none + "/file") },
        ]
        for attempt in attempts {
            let error = #expect(throws: SystemError.self) { try attempt() }
            #expect(error?.message.contains(none) == true && error?.cause == "No such file or directory")
            #expect(error?.category == .tryAgain && error?.mayPass == true)
        }
    }

    @Test("A folder that is not there is another thing than one that cannot be read now")
    func names() throws {
        try folder.write("x", as: "file")
        #expect(try FileSystem.names(in: folder.path) == ["file"])
        let gone = #expect(throws: SystemError.self) { try FileSystem.names(in: folder.path + "/none") }
        #expect(gone?.code == .missing && gone?.mayPass == false)
        #expect(gone?.cause == "No such file or directory")
    }

    @Test("A private folder is nobody else's, whatever the umask, and one that exists stays as it is")
    func privateFolder() throws {
        let inner = folder.path + "/a/b"
        try FileSystem.makePrivateFolder(inner)
        #expect(FileSystem.status(inner).map { $0.st_mode & 0o777 } == 0o700)
        #expect(chmod(inner, 0o750) == 0)
        try FileSystem.makePrivateFolder(inner)
        #expect(FileSystem.status(inner).map { $0.st_mode & 0o777 } == 0o750)
        try folder.write("x", as: "file")
        #expect(throws: SystemError.self) { try FileSystem.makePrivateFolder(path) }
    }
}

import Common
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Locks")
struct FileLockTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/a.lock" }

    init() throws { folder = try TemporaryFolder() }

    private func lock(waiting seconds: Double = 0) throws -> FileLock {
        try FileLock(path, waiting: seconds) { "<\($0)>" }
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test("A lock file is nobody else's to open: 0600, an older lorad's too")
    func modes() throws {
        for _ in 0..<2 {
            let held = try lock()
            withExtendedLifetime(held) { #expect(mode(path) == 0o600) }
            #expect(chmod(path, 0o644) == 0)
        }
    }

    @Test("Waiting ends in time, and the error says which process holds the lock, and as what")
    func held() throws {
        let held = try lock()
        let start = Date()
        let error = #expect(throws: SystemError.self) { try lock(waiting: 0.3) }
        #expect(Date().timeIntervalSince(start) >= 0.25)
        #expect(error?.code == .locked)
        // Its command line is foreign text, and stands there as the caller has it shown.
        #expect(error?.message.contains("process \(getpid()) (<") == true, "\(error?.message ?? "")")
        #expect(try FileLock.ifFree(path) == nil)
        #expect(LockHolder.of(path)?.pid == getpid() && LockHolder.of(path)?.command != nil)
        withExtendedLifetime(held) {}
    }

    @Test("A lock whose holder ends is free")
    func free() throws {
        do { _ = try lock() }
        #expect(LockHolder.of(path) == nil)
        #expect(try FileLock.ifFree(path) != nil)
    }

    @Test("A removed lock file is no lock: the next one takes the new file's, and the old holder knows")
    func removed() throws {
        let old = try lock()
        old.remove()
        let new = try lock()
        #expect(!old.isInPlace && new.isInPlace)
    }

    @Test("What is no file of this account's own under one name is refused and left as it is")
    func foreign() throws {
        let other = folder.path + "/other"
        try Data("precious".utf8).write(to: URL(filePath: other))
        let makes: [() -> Int32] = [
            { symlink(other, path) }, { link(other, path) }, { mkdir(path, 0o700) }, { mkfifo(path, 0o600) },
        ]
        for make in makes {
            #expect(make() == 0)
            let error = #expect(throws: SystemError.self) { try lock() }
            #expect(error?.code == .unwritable && error?.advice != nil)
            #expect(remove(path) == 0)
        }
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "precious")
    }

    @Test("The holder is found in the kernel's list by the file's inode")
    func list() {
        let text = """
            1: FLOCK  ADVISORY  WRITE 7173 fe:00:16228581 0 EOF
            1: -> FLOCK  ADVISORY  WRITE 9 fe:00:16228581 0 EOF
            """
        #expect(LockHolder.pid(ofInode: 16_228_581, locks: text) == 7_173)
        #expect(LockHolder.pid(ofInode: 228_581, locks: text) == nil)
        #expect(LockHolder.pid(ofInode: 1, locks: "1: POSIX ADVISORY WRITE 5 fe:00:1 0 EOF\n") == nil)
    }
}

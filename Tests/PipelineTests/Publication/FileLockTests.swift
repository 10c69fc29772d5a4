import Foundation
import Glibc
import Pipeline
import Testing

@Suite("Locks")
struct FileLockTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/a.lock" }

    init() throws { folder = try TemporaryFolder() }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test("A lock file is nobody else's to open: 0600, an older lorad's too")
    func modes() throws {
        for _ in 0..<2 {
            let lock = try FileLock(path, waiting: 0)
            withExtendedLifetime(lock) { #expect(mode(path) == 0o600) }
            #expect(chmod(path, 0o644) == 0)
        }
    }

    @Test("Waiting ends in time, and the error says which process holds the lock, and as what")
    func held() throws {
        let lock = try FileLock(path, waiting: 0)
        let start = Date()
        let error = #expect(throws: PipelineError.self) { try FileLock(path, waiting: 0.3) }
        #expect(Date().timeIntervalSince(start) >= 0.25)
        #expect(error?.code == .locked)
        #expect(error?.message.contains("process \(getpid())") == true, "\(error?.message ?? "")")
        #expect(try FileLock.ifFree(path) == nil)
        #expect(LockHolder.of(path)?.pid == getpid() && LockHolder.of(path)?.command != nil)
        withExtendedLifetime(lock) {}
    }

    @Test("A lock whose holder ends is free")
    func free() throws {
        do { _ = try FileLock(path, waiting: 0) }
        #expect(LockHolder.of(path) == nil)
        #expect(try FileLock.ifFree(path) != nil)
    }

    @Test("A removed lock file is no lock: the next one takes the new file's, and the old holder knows")
    func removed() throws {
        let old = try FileLock(path, waiting: 0)
        old.remove()
        let new = try FileLock(path, waiting: 0)
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
            let error = #expect(throws: PipelineError.self) { try FileLock(path, waiting: 0) }
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

    @Test("A lock that another account holds on the outbox's folders keeps nobody from publishing")
    func folders() throws {
        let outbox = try TestOutbox()
        _ = try outbox.stage().publish(.succeeded)
        let held = [outbox.path, outbox.runs].map { (path: String) in open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { for descriptor in held { close(descriptor) } }
        for descriptor in held { #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0) }
        let staging = try outbox.stage()
        let other = open(staging.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(other) }
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
        let published = try staging.publish(.succeeded)
        #expect(try outbox.latest() == published.run.description)
    }
}

import Executors
import Foundation
import Glibc
import LedgerSupport
import Synchronization
import Testing

/// What a confined process is refused, tried against the kernel. Both means hold for a thread as they do for a process, so
/// each test confines one thread, which ends with the test.
@Suite("Confinement")
struct ConfinementTests {
    /// Why there is nothing to try here; the message of a skipped test.
    private static let hasLandlock = if case .holds = Landlock.available { true } else { false }
    private static let hasSeccomp = if case .holds = Confinement.available.seccomp { true } else { false }

    /// What `tries` answers on a thread that is confined to these paths. Another thread goes on with the test: what a
    /// confined one wakes or starts, such as a thread of the tests' own pool, would be confined as well.
    private func confined<Answer: Sendable>(
        reads: [String] = [], writes: [String] = [], _ tries: @escaping @Sendable (Confinement) -> Answer
    ) async -> Answer {
        await withCheckedContinuation { continuation in
            Thread {
                let answer = Mutex<Answer?>(nil)
                let done = DispatchSemaphore(value: 0)
                Thread {
                    let confinement = Confinement.apply(reads: reads, writes: writes, wholeProcess: false)
                    let found = tries(confinement)
                    answer.withLock { $0 = found }
                    done.signal()
                }.start()
                done.wait()
                guard let found = answer.withLock({ $0 }) else { preconditionFailure("it was signalled before") }
                continuation.resume(returning: found)
            }.start()
        }
    }

    /// The errno of opening a file, 0 where it opens.
    private static func open(_ path: String, _ flags: Int32 = O_RDONLY) -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor < 0 else {
            close(descriptor)
            return 0
        }
        return errno
    }

    @Test(
        "What lies beneath the paths is read and written, and nothing else: not /etc/shadow, not another process's environment",
        .enabled(if: hasLandlock, "the kernel has no Landlock that is good enough: \(Landlock.available)"))
    func files() async throws {
        let folder = try ScratchFolder()
        for name in ["in", "out"] { mkdir(folder.path + "/" + name, 0o700) }
        for name in ["in/data", "beside", "out/old"] { try folder.write("x", to: name) }
        let (path, parent) = (folder.path, getppid())
        let codes = await confined(reads: [path + "/in"], writes: [path + "/out"]) { confinement -> [String: Int32] in
            guard case .holds = confinement.landlock else { return [:] }
            return [
                "data": Self.open(path + "/in/data"), "written": Self.open(path + "/out/new", O_WRONLY | O_CREAT),
                "folder": mkdir(path + "/out/folder", 0o700) == 0 ? 0 : errno,
                "moved": rename(path + "/out/old", path + "/out/folder/old") == 0 ? 0 : errno,
                "library": Self.open("/etc/ld.so.cache"), "itself": Self.open("/proc/self/status"),
                "null": Self.open("/dev/null", O_WRONLY),
                "overwritten": Self.open(path + "/in/data", O_WRONLY),
                "made": Self.open(path + "/in/new", O_WRONLY | O_CREAT), "read": Self.open(path + "/beside"),
                "removed": unlink(path + "/in/data") == 0 ? 0 : errno,
                "outside": Self.open(path + "/outside", O_WRONLY | O_CREAT),
                "linked": link(path + "/in/data", path + "/out/data") == 0 ? 0 : errno,
                "symlink": symlink("/etc/shadow", path + "/out/link") == 0 ? 0 : errno,
                "pipe": mkfifo(path + "/out/pipe", 0o600) == 0 ? 0 : errno,
                "shadow": Self.open("/etc/shadow"), "passwd": Self.open("/etc/passwd"),
                "environment": Self.open("/proc/\(parent)/environ"), "memory": Self.open("/proc/\(parent)/mem"),
            ]
        }
        let allowed = ["data", "written", "folder", "moved", "library", "itself", "null"]
        #expect(codes.count == 19)
        for (name, code) in codes {
            if allowed.contains(name) {
                #expect(code == 0, "\(name): \(String(cString: strerror(code)))")
            } else {
                // Moving and linking between folders is refused as if they were two file systems.
                #expect([EACCES, EPERM, EXDEV].contains(code), "\(name): \(String(cString: strerror(code)))")
            }
        }
        #expect(Self.open(path + "/beside") == 0, "the other threads are as they were")
    }

    @Test(
        "No socket, no program, no other process, no other program's system calls",
        .enabled(if: hasSeccomp, "the kernel has no seccomp: \(Confinement.available.seccomp)"))
    func calls() async throws {
        let folder = try ScratchFolder()
        try folder.write("x", to: "file")
        let (file, parent) = (folder.path + "/file", getppid())
        let codes = await confined(reads: ["/"], writes: [folder.path]) { _ -> [String: Int32] in
            func code(_ result: Int32) -> Int32 { result < 0 ? errno : 0 }
            var limit = rlimit()
            var pair: [Int32] = [0, 0]
            return [
                "thread": Self.threadStarts() ? 0 : EAGAIN, "itself": code(kill(getpid(), 0)),
                "limit": code(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)),
                "socket": code(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)),
                "unix": code(socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &pair)),
                "signal": code(kill(parent, 0)), "everybody": code(kill(-1, 0)),
                "mode": code(chmod(file, 0o666)), "cut": code(truncate(file, 0)),
                "program": code(execv("/bin/true", [nil])), "fork": code(Self.forks()),
            ]
        }
        #expect(codes.count == 11)
        for (name, code) in codes {
            let expected = ["thread", "itself", "limit"].contains(name) ? 0 : EPERM
            #expect(code == expected, "\(name): \(String(cString: strerror(code)))")
        }
    }

    /// A process is made by clone(2) without CLONE_THREAD; Swift does not offer fork(2).
    private static func forks() -> Int32 {
        var pid = pid_t()
        let code = posix_spawn(&pid, "/bin/true", nil, nil, [nil], nil)
        errno = code
        return code == 0 ? 0 : -1
    }

    private static func threadStarts() -> Bool {
        var thread = pthread_t()
        guard pthread_create(&thread, nil, { _ in nil }, nil) == 0 else { return false }
        return pthread_join(thread, nil) == 0
    }

    @Test(
        "A second confinement takes away what the first allowed, and can give nothing back",
        .enabled(if: hasLandlock, "the kernel has no Landlock that is good enough: \(Landlock.available)"))
    func narrowed() async throws {
        let folder = try ScratchFolder()
        for name in ["a", "b"] {
            mkdir(folder.path + "/" + name, 0o700)
            try folder.write("x", to: name + "/file")
        }
        let path = folder.path
        let codes = await confined(reads: [path + "/a", path + "/b"]) { first -> [Int32] in
            let before = Self.open(path + "/b/file")
            let second = first.narrowed(reads: [path + "/a", "/etc"], writes: [])
            guard case .holds = second.landlock else { return [] }
            return [before, Self.open(path + "/a/file"), Self.open(path + "/b/file"), Self.open("/etc/shadow")]
        }
        #expect(codes == [0, 0, EACCES, EACCES])
    }

    @Test(
        "A link in the place of a folder to be written to gives no right to where it leads",
        .enabled(if: hasLandlock, "the kernel has no Landlock that is good enough: \(Landlock.available)"))
    func links() async throws {
        let folder = try ScratchFolder()
        mkdir(folder.path + "/elsewhere", 0o700)
        symlink("elsewhere", folder.path + "/name")
        let path = folder.path
        let code = await confined(writes: [path + "/name"]) { confinement -> Int32 in
            // The rule is refused or holds for the link alone; where nothing is confined, the job is told.
            guard case .holds = confinement.landlock else { return -1 }
            return Self.open(path + "/name/file", O_WRONLY | O_CREAT)
        }
        #expect([-1, EACCES].contains(code))
    }

    @Test("What does not hold is said in provenance and in the job's log")
    func shortcomings() throws {
        let none = Confinement(landlock: .none("this kernel has no Landlock"), seccomp: .holds("filter"))
        #expect(none.provenance.landlock == "none: this kernel has no Landlock")
        #expect(none.provenance.seccomp == "filter")
        let told = try #require(none.shortcoming)
        #expect(told == "the job's process is not confined by Landlock (this kernel has no Landlock)")
        let whole = Confinement(landlock: .holds("abi 4"), seccomp: .holds("filter"))
        #expect(whole.shortcoming == nil)
    }

    @Test("A file that was exchanged for another is noticed")
    func moved() throws {
        let folder = try ScratchFolder()
        for name in ["a", "b"] { try folder.write("x", to: name) }
        let seen = PathsSeen([folder.path + "/a", folder.path + "/none"])
        #expect(seen.moved == nil)
        rename(folder.path + "/b", folder.path + "/a")
        #expect(seen.moved == folder.path + "/a")
    }

    @Test("A base that a hub's cache keeps as links can be read where the links lead, and nothing beside")
    func hubLinks() throws {
        let folder = try ScratchFolder()
        for name in ["snapshot", "blobs"] { mkdir(folder.path + "/" + name, 0o700) }
        try folder.write("x", to: "blobs/1")
        try folder.write("x", to: "snapshot/own")
        symlink("../blobs/1", folder.path + "/snapshot/config.json")
        let base = folder.path + "/snapshot"
        #expect(JobFiles.withLinks(base) == [base, base + "/config.json"])
    }
}

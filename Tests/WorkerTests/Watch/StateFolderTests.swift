import Foundation
import Glibc
import LedgerSupport
import TestSupport
import Testing
import Webhooks
import Worker

@Suite("The state folder")
struct StateFolderTests {
    /// Everything below the state folder that others may touch, with its mode.
    private func open(_ bench: WorkerBench) throws -> [String] {
        let state = bench.folder.path + "/state"
        let names = try #require(FileManager.default.enumerator(atPath: state)).compactMap { $0 as? String }
        try #require(names.count > 5)
        return try ([state] + names.map { state + "/" + $0 }).compactMap { path in
            var status = stat()
            try #require(lstat(path, &status) == 0)
            return status.st_mode & 0o077 == 0 ? nil : "\(path): \(String(status.st_mode & 0o777, radix: 8))"
        }
    }

    @Test("It and all in it is this account's alone; what is published is not")
    func modes() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "succeed", "b": "fail"])
        try bench.watchOnce()
        _ = try bench.worker().backUp()
        #expect(try open(bench) == [])
        var status = stat()
        #expect(stat(bench.folder.path + "/outbox", &status) == 0 && status.st_mode & 0o055 == 0o055)
    }

    @Test("An older lorad's is closed at the start of a worker, with what it holds, and nothing else")
    func tightened() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "fail"])
        try bench.watchOnce()
        _ = try bench.worker().backUp()
        let state = bench.folder.path + "/state"
        try bench.folder.write("mine", to: "state/notes.txt", mode: 0o644)
        let names = try #require(FileManager.default.enumerator(atPath: state)).compactMap { $0 as? String }
        for path in [state] + names.map({ state + "/" + $0 }) {
            var status = stat()
            try #require(lstat(path, &status) == 0)
            #expect(chmod(path, status.st_mode | 0o055) == 0)
        }
        try bench.watchOnce()
        #expect(try open(bench).map { ($0 as NSString).lastPathComponent } == ["notes.txt: 655"])
    }

    @Test("Whoever only asks makes nothing")
    func asking() throws {
        let folder = try ScratchFolder()
        let path = folder.path
        let hook = Hook(name: "chat", kind: .generic, url: .environment("U"))
        let worker = Worker(
            WorkerSettings(inbox: path + "/in", outbox: path + "/out", state: path + "/state", hooks: [hook]))
        #expect(try worker.jobs().isEmpty && worker.pausedSince() == nil)
        #expect(try worker.deliveries().isEmpty && worker.disabledHooks().isEmpty)
        #expect(try worker.repeated("name: a", inputs: []) == nil)
        for error in [
            failure { try worker.status("a") }, failure { try worker.cancel("a") }, failure { try worker.retry("a") },
            failure { try worker.logs("a") { _ in } }, failure { try worker.deliveries(job: "a") },
        ] {
            #expect(error?.code == .unknownJob)
        }
        #expect(failure { try worker.backUp() }?.code == .missing)
        #expect(failure { try worker.replay(ids: ["msg_a"], hook: nil) }?.code == .webhook)
        #expect(try worker.replay(ids: [], hook: "chat").isEmpty)
        try worker.enableHook("chat")
        try worker.resume()
        #expect(try folder.names(".") == [])
        // A pause is something to remember.
        try worker.pause()
        #expect(try worker.pausedSince() != nil)
    }
}

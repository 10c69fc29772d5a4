import Foundation
import Glibc
import Ledger
import LedgerSupport
import Manifests
import Synchronization
import TestSupport
import Testing
import Worker

/// Manifests that take down, or keep for ever, whoever reads them.
@Suite("Manifests that take their reader down")
struct HostileManifestTests {
    /// Hangs over `bad`, and accepts anything else. By the whole name: a claim's folder may be called by such letters too.
    private static let hanging = #"case "$order" in *bad.yaml*) sleep 100;; *) answer fine;; esac"#

    private func rejected(_ bench: WorkerBench) throws -> [JobRecord] {
        try bench.ledger().jobs().filter { $0.state == .rejected }
    }

    @Test("One that takes it down twice is rejected with a plain reason beside it; those around it are taken")
    func twice() throws {
        let bench = try WorkerBench()
        let intake = ScriptedIntake(folder: try ScratchFolder(), loop: Self.hanging, patience: 6)
        // The bad one last: whoever sees it sees the others too.
        for name in ["a", "c", "bad"] { try bench.folder.write("succeed", to: "inbox/\(name).yaml") }
        let result = try bench.watchOnce(FakeRunner(reader: intake.child))
        // The script calls every other manifest `fine`, of one content.
        #expect(result.ended[.rejected] == 1 && result.ended[.succeeded] == 1)
        let job = try #require(try rejected(bench).first)
        #expect(job.manifestFile == "bad.yaml" && job.manifestText.isEmpty)
        let folder = try #require(job.runFolder)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["bad.yaml", "reason.txt"])
        let reason = try String(contentsOfFile: folder + "/reason.txt", encoding: .utf8)
        #expect(reason.hasPrefix("bad.yaml:1:1: the manifest was given up: reading it took down the process"))
        #expect(reason.contains("2 times") && reason.contains("without an answer"))
        #expect(try bench.folder.names("inbox").isEmpty && bench.folder.names("state/claimed").isEmpty)
        #expect(intake.starts == 2)
        #expect(bench.log.count { $0.contains("bad.yaml: the process that reads manifests was ended after") } == 2)
    }

    @Test("A stop is heeded while one is read; its count outlives the worker, and the next one's reader is its last")
    func overRestarts() throws {
        let bench = try WorkerBench()
        try bench.folder.write("succeed", to: "inbox/bad.yaml")
        let folder = try ScratchFolder()
        let first = ScriptedIntake(folder: folder, loop: "touch asked; \(Self.hanging)", patience: 1)
        _ = try bench.whileWatching(FakeRunner(reader: first.child)) {
            // Dead once, and being read for the second time.
            #expect(eventually { first.starts == 2 })
        }
        #expect(try bench.ledger().jobs().isEmpty)
        #expect(try bench.folder.names("state/claimed").count == 1)
        let second = ScriptedIntake(folder: try ScratchFolder(), loop: Self.hanging, patience: 1)
        #expect(try bench.watchOnce(FakeRunner(reader: second.child)).ended == [.rejected: 1])
        #expect(second.starts == 1)
        #expect(try rejected(bench).first?.reason?.contains("2 times") == true)
    }

    @Test("A stop does not wait for the reader, however long that may take")
    func stop() throws {
        let bench = try WorkerBench()
        try bench.folder.write("succeed", to: "inbox/bad.yaml")
        let folder = try ScratchFolder()
        let intake = ScriptedIntake(folder: folder, loop: "touch asked; sleep 100", patience: 600)
        let asked = Mutex(0.0)
        let result = try bench.whileWatching(FakeRunner(reader: intake.child)) {
            #expect(eventually { FileManager.default.fileExists(atPath: folder.path + "/asked") })
            asked.withLock { $0 = ProcessInfo.processInfo.systemUptime }
        }
        // The reader sleeps for 100.
        #expect(ProcessInfo.processInfo.systemUptime - asked.withLock { $0 } < 50)
        #expect(result.wasStopped)
        #expect(try bench.folder.names("state/claimed").count == 1)
    }

    @Test(
        "Without a reader nothing is blamed: the claim waits, one line tells of it, and it is taken once there is one")
    func noReader() throws {
        let bench = try WorkerBench()
        try bench.folder.write("succeed", to: "inbox/a.yaml")
        let folder = try ScratchFolder()
        let intake = ScriptedIntake(
            folder: folder, loop: "answer fine",
            beginning: """
                [ -e works ] || exit 1
                read -r files
                echo '{"ready":{}}'
                answer() { echo '{"inspected":{"_0":{"file":{"text":"succeed","sha256":"00"},"lastChange":0,"verdict":{"accepted":{"name":"a","priority":0,"inputs":[]}}}}}'; }
                """)
        _ = try bench.whileWatching(FakeRunner(reader: intake.child)) {
            let isTold = { bench.log.contains { $0.contains("The process that reads manifests cannot be started.") } }
            #expect(eventually { isTold() })
            #expect(try bench.ledger().jobs().isEmpty)
            try folder.write("", to: "works")
            #expect(try eventually { try bench.ledger().jobs().first?.state == .succeeded })
        }
        #expect(bench.log.count { $0.contains("cannot be started") } == 1)
    }

    @Test("/healthz says that the loop stands still, and not while it waits for a reader or has nothing to do")
    func health() async throws {
        let port = try #require(freeLoopbackPort())
        let folder = try ScratchFolder()
        let bench = try WorkerBench {
            $0.stalledAfter = 5
            $0.scanEvery = 3_600
            $0.configuration.monitor.port = Int(port)
        }
        let slow = ScriptedIntake(folder: folder, loop: "touch asked; sleep 100", patience: 600)
        let stalling = StallingReader(reader: slow.child)
        let stop = try StopRequest()
        let worker = try bench.worker()
        let thread = Thread {
            _ = try? worker.watch(tools: FakeRunner(reader: stalling).tools, once: false, stop: stop)
        }
        thread.start()
        defer { stop.request() }
        func health() async -> String { (try? await ask(port, "/healthz")) ?? "" }
        for _ in 0..<200 where !isLoopbackPortTaken(port) { try await Task.sleep(for: .milliseconds(50)) }
        try #require(await health().hasPrefix("HTTP/1.1 200"))
        try await Task.sleep(for: .seconds(6))
        #expect(await health().hasPrefix("HTTP/1.1 200"), "nothing to do for longer than the limit")
        try bench.folder.write("succeed", to: "inbox/a.yaml")
        for _ in 0..<200 where !FileManager.default.fileExists(atPath: folder.path + "/asked") {
            try await Task.sleep(for: .milliseconds(50))
        }
        try await Task.sleep(for: .seconds(6))
        #expect(await health().hasPrefix("HTTP/1.1 200"), "a reader that takes long")
        stalling.stall(true)
        try await Task.sleep(for: .seconds(6))
        let answer = await health()
        #expect(answer.hasPrefix("HTTP/1.1 503") && answer.contains("has not turned"))
        stalling.stall(false)
    }

    /// Keeps the loop standing still while told to, as a parser in the worker's own process would.
    private final class StallingReader: IntakeReader {
        private let reader: any IntakeReader
        private let isStalled = Mutex(false)

        init(reader: any IntakeReader) { self.reader = reader }

        func stall(_ yes: Bool) { isStalled.withLock { $0 = yes } }

        func answer(_ order: IntakeOrder, isWanted: () throws -> Bool) throws -> IntakeAnswer {
            try reader.answer(order) {
                while isStalled.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.02) }
                return try isWanted()
            }
        }
    }
}

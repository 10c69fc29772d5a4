import Foundation
import Ledger
import LedgerSupport
import OperatingSystem
import TestSupport
import Testing
import Worker

@Suite("The same content twice")
struct RepetitionTests {
    /// Two copies of `text` under different names.
    private func twice(_ bench: WorkerBench, _ text: String) throws {
        for name in ["a.yaml", "b.yaml"] { try bench.folder.write(text, to: "inbox/" + name) }
    }

    @Test("Two copies that arrive together are one job, and the second leaves no trace but a line in the log")
    func together() throws {
        let bench = try WorkerBench()
        try twice(bench, "succeed")
        #expect(try bench.watchOnce().ended == [.succeeded: 1])
        #expect(try bench.worker().jobs().count == 1)
        #expect(try bench.folder.names("inbox").isEmpty)
        #expect(try bench.folder.names("state/claimed").isEmpty)
        #expect(bench.log.contains { $0.contains("has the content of job") })
    }

    @Test("After a success the same content is no new job, unless something it reads has changed")
    func afterSuccess() throws {
        let bench = try WorkerBench()
        try bench.folder.write("rows", to: "data.jsonl")
        let text = "succeed\nreads \(bench.folder.path)/data.jsonl"
        for expected in [[JobState.succeeded: 1], [:]] {
            try bench.folder.write(text, to: "inbox/a.yaml")
            #expect(try bench.watchOnce().ended == expected)
        }
        try bench.folder.write("other rows", to: "data.jsonl")
        try bench.folder.write(text, to: "inbox/a.yaml")
        #expect(try bench.watchOnce().ended == [.succeeded: 1])
    }

    /// As `lorad run` writes it down.
    private func foreground(_ bench: WorkerBench, _ text: String, isAlive: Bool) throws -> JobRecord {
        let folders = try bench.folders
        let file = ManifestFile.read(bench.folder.path + "/run.yaml", name: "run.yaml")
        let job = NewJob(
            id: "20261124T002603Z-1a2b3c4d", name: "run", manifestFile: "run.yaml", manifestText: text,
            manifestSHA256: file.sha256)
        let process = try ProcessIdentity.current()
        let dead = ProcessIdentity(pid: process.pid, startTicks: process.startTicks, bootID: "gone")
        return try Ledger(folders: folders).begin(inForeground: job, process: isAlive ? process : dead)
    }

    @Test("A manifest that `lorad run` works on is no new job; once that died, dropping it goes on with the same job")
    func foreground() throws {
        for isAlive in [true, false] {
            let bench = try WorkerBench()
            for name in ["run.yaml", "inbox/run.yaml"] { try bench.folder.write("succeed", to: name) }
            let job = try foreground(bench, "succeed", isAlive: isAlive)
            let runner = FakeRunner()
            #expect(try bench.watchOnce(runner).ended == (isAlive ? [:] : [.succeeded: 1]))
            let jobs = try bench.worker().jobs()
            #expect(jobs.map(\.id) == [job.id])
            #expect(jobs.first?.state == (isAlive ? .running : .succeeded))
            #expect(runner.requests.map(\.attempt) == (isAlive ? [] : [2]))
            #expect(try bench.folder.names("inbox").isEmpty)
            #expect(try bench.folder.names("state/claimed").isEmpty)
        }
    }

    @Test("Whoever asks of a job whose `lorad run` died is told that it is interrupted, and a retry queues it")
    func deadForeground() throws {
        let bench = try WorkerBench()
        try bench.folder.write("succeed", to: "run.yaml")
        let job = try foreground(bench, "succeed", isAlive: false)
        #expect(try bench.worker().status("run").job.state == .interrupted)
        // A worker that starts leaves it alone.
        #expect(try bench.watchOnce().ended == [:])
        #expect(try bench.worker().retry(job.id).state == .queued)
        #expect(try bench.watchOnce().ended == [.succeeded: 1])
    }

    @Test("After a failure or a rejection the same content is a new job")
    func afterFailure() throws {
        let bench = try WorkerBench()
        for _ in 1...2 {
            try bench.folder.write("fail", to: "inbox/a.yaml")
            try bench.folder.write("reject", to: "inbox/b.yaml")
            #expect(try bench.watchOnce().ended == [.failed: 1, .rejected: 1])
        }
        #expect(try bench.worker().jobs().count == 4)
    }

    @Test(
        "A manifest that a second name (a hard link) still leads to is claimed, and later changes do not reach the job")
    func hardLink() throws {
        let bench = try WorkerBench()
        try bench.folder.write("succeed", to: "inbox/a.yaml")
        try FileManager.default.linkItem(
            atPath: bench.folder.path + "/inbox/a.yaml", toPath: bench.folder.path + "/elsewhere")
        let runner = FakeRunner()
        #expect(try bench.watchOnce(runner).ended == [.succeeded: 1])
        #expect(runner.requests.map(\.manifestText) == ["succeed"])
        #expect(try bench.folder.read("elsewhere") == "succeed")
    }

    @Test("Of a file that another was renamed over, the last content is one job")
    func renamedOver() throws {
        let bench = try WorkerBench()
        try bench.folder.write("succeed first", to: "inbox/a.yaml")
        try bench.folder.write("succeed second", to: "inbox/.b")
        #expect(rename(bench.folder.path + "/inbox/.b", bench.folder.path + "/inbox/a.yaml") == 0)
        let runner = FakeRunner()
        #expect(try bench.watchOnce(runner).ended == [.succeeded: 1])
        #expect(runner.requests.map(\.manifestText) == ["succeed second"])
    }
}

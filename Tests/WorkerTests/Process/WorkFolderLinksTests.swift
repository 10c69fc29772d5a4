import Executors
import Foundation
import Glibc
import JobReports
import LedgerSupport
import Manifests
import Synchronization
import TestSupport
import Testing
import Worker

/// A job's process may write to its work folder, and the worker, which nothing confines, opens files there.
@Suite("Links in a job's work folder")
struct WorkFolderLinksTests {
    @Test("The worker writes through none in the place of the log, and keeps a log of its own")
    func log() throws {
        let bench = try WorkerBench {
            $0.jobs.retries = 1
            $0.jobs.retryWait = 0.01
        }
        let victim = bench.folder.path + "/victim"
        try bench.folder.write("precious", to: "victim")
        let runner = FakeRunner(work: { request in
            guard request.attempt == 1 else { return .failed(reason: "enough", runFolder: nil, summary: nil) }
            unlink(request.workFolder + "/log")
            try #require(symlink(victim, request.workFolder + "/log") == 0)
            return .faulted(reason: "The disk is full.")
        })
        try bench.submit(["a": "work"])
        while try bench.watchOnce(runner).delayed > 0 {}
        let job = try bench.worker().status("a")
        #expect(job.job.state == .failed && job.job.attempt == 2)
        #expect(try bench.folder.read("victim") == "precious")
        var status = stat()
        #expect(lstat(job.logPath, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size > 0)
    }

    @Test("Where references led is kept where no job can write: a file of that name in its work folder says nothing")
    func pins() throws {
        let bench = try WorkerBench {
            $0.jobs.retries = 1
            $0.jobs.retryWait = 0.01
        }
        let victim = bench.folder.path + "/victim"
        try bench.folder.write("precious", to: "victim")
        let champions = Mutex<[Int?]>([])
        let runner = FakeRunner(work: { request in
            champions.withLock { $0.append(request.references.championNumber) }
            let file = request.workFolder + "/references.json"
            unlink(file)
            guard request.attempt == 1 else {
                try #require(symlink(victim, file) == 0)
                return .failed(reason: "enough", runFolder: nil, summary: nil)
            }
            try Data(#"{"version":1,"champion_number":7}"#.utf8).write(to: URL(fileURLWithPath: file))
            return .faulted(reason: "The disk is full.")
        })
        try bench.submit(["a": "work"])
        while try bench.watchOnce(runner).delayed > 0 {}
        _ = try bench.worker().retry("a")
        _ = try bench.watchOnce(runner)
        #expect(champions.withLock { $0 } == [nil, nil, nil])
        #expect(try bench.folder.read("victim") == "precious")
    }

    @Test("Nor is a link in the place of the standard error cut short")
    func errors() async throws {
        let folder = try ScratchFolder()
        let victim = folder.path + "/victim"
        try folder.write("precious", to: "victim")
        mkdir(folder.path + "/work", 0o700)
        try #require(symlink(victim, folder.path + "/work/stderr") == 0)
        var configuration = WorkerConfiguration()
        configuration.outbox = folder.path
        let executor = ProcessExecutor(
            configuration, executable: "/bin/sh", arguments: ["-c", "read order; echo bad luck >&2; exit 3"])
        let request = JobRequest(
            id: "job", name: "a", manifestPath: "a.yaml", manifestText: "name: a", workFolder: folder.path + "/work",
            attempt: 1)
        let order = JobOrder(request, configuration)
        let outcome = await onThread {
            Result {
                let execution = try executor.start(order)
                executor.send(.run, to: execution)
                return executor.reports(of: execution).outcome { _ in }
            }
        }
        #expect("\(try outcome.get())".contains("It last wrote: bad luck"))
        #expect(try folder.read("victim") == "precious")
    }
}

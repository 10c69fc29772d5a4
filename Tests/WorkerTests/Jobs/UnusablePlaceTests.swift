import Foundation
import JobReports
import Ledger
import TestSupport
import Testing
import Worker

@Suite("A place in the outbox that cannot be used")
struct UnusablePlaceTests {
    /// What stands where a name's runs belong, and the worker meets before the job's process could; a file is the latter's to
    /// refuse.
    enum Obstacle: CaseIterable, Sendable {
        case link, folderOfLatest

        func put(into outbox: String, elsewhere: String) throws {
            let (files, place) = (FileManager.default, outbox + "/a")
            switch self {
            case .link:
                try files.createDirectory(atPath: elsewhere, withIntermediateDirectories: false)
                try files.createSymbolicLink(atPath: place, withDestinationPath: elsewhere)
            case .folderOfLatest:
                try files.createDirectory(atPath: place + "/latest", withIntermediateDirectories: true)
            }
        }
    }

    @Test(
        "Its job is rejected with the reason before anything runs, and the next job goes on",
        arguments: Obstacle.allCases)
    func rejected(_ obstacle: Obstacle) throws {
        let bench = try WorkerBench()
        try obstacle.put(into: bench.settings.outbox, elsewhere: bench.folder.path + "/elsewhere")
        try bench.submit(["a": "x", "b": "x"])
        let runner = FakeRunner()
        _ = try bench.watchOnce(runner)
        let jobs = try bench.ledger().jobs()
        let job = try #require(jobs.first { $0.name == "a" })
        #expect(job.state == .rejected && job.attempt == 1)
        #expect(job.reason?.contains("/a") == true && job.reason?.contains("submit the job again") == true)
        #expect(jobs.first { $0.name == "b" }?.state == .succeeded)
        #expect(runner.requests.map(\.name) == ["b"])
        let held = try FileManager.default.contentsOfDirectory(atPath: bench.settings.outbox)
        #expect(held.contains("rejected"))
    }
}

import Foundation
import JobReports
import Ledger
import OperatingSystem
import Testing
import Views
import Worker
import lorad

@Suite("Jobs as lorad status lists them")
struct JobTableTests {
    private static let now = Date(timeIntervalSince1970: 1_780_000_000)
    private static let id = "20260528T202640Z-1a2b3c4d"

    private func job(_ state: JobState, isForeground: Bool = false) throws -> JobRecord {
        let process = ProcessIdentity(pid: 7, startTicks: 1, bootID: "b")
        let summary = JobSummary(
            headline: .init(slice: "all", metric: "accuracy", base: 0.8, adapter: 0.889, previous: 0.887))
        return JobRecord(
            id: Self.id, name: "nightly", state: state, attempt: 1, submittedAt: Self.now - 7_300,
            startedAt: Self.now - 200, finishedAt: state.isFinal ? Self.now - 80 : nil,
            runFolder: state == .succeeded ? "/run" : nil, summary: state == .succeeded ? summary : nil,
            execution: state == .running ? Execution(executor: "process", process: process) : nil,
            heartbeatAt: state == .running ? Self.now - 3 : nil, memoryBytes: state == .running ? 8 << 20 : nil,
            isForeground: isForeground, stamp: "20260528t0200z")
    }

    private func status(_ job: JobRecord) -> JobStatus {
        let stages = [
            StageRecord(
                attempt: 1, name: "data", state: .finished, startedAt: Self.now - 190, finishedAt: Self.now - 180,
                detail: nil),
            StageRecord(
                attempt: 1, name: "train", state: .running, startedAt: Self.now - 180, finishedAt: nil, detail: nil),
        ]
        let progress = JobProgress(
            StageProgress(stage: .train, done: 12, total: 150, unit: .steps, loss: 0.5), at: Self.now)
        return JobStatus(
            job: job, stages: stages, progress: job.state == .running ? progress : nil, deliveries: [], logPath: "/log")
    }

    private func row(_ job: JobRecord, width: Int? = nil) throws -> [String] {
        let lines = JobTable([status(job)], now: Self.now).lines(width: width)
        try #require(lines.count == 2 && lines[0].hasPrefix("id"))
        return lines[1].split(separator: "  ", omittingEmptySubsequences: true)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    @Test("A running job shows its stage and step, its age, its time and how it lives")
    func running() throws {
        #expect(
            try row(job(.running)) == [
                Self.id, "nightly (20260528t0200z)", "running", "train step 12 of 150", "2 h", "3 min", "-", "-",
                "process 7, 8 MiB, heartbeat 3 s ago",
            ])
        #expect(try row(job(.running, isForeground: true)).last == "process 7, lorad run")
    }

    @Test("One that succeeded shows its figure, and what that changed since the last run of its name")
    func succeeded() throws {
        #expect(
            try row(job(.succeeded)) == [
                Self.id, "nightly (20260528t0200z)", "succeeded", "-", "2 h", "2 min", "accuracy 88.9%", "+0.2 points",
                "/run",
            ])
    }

    @Test("One that was cancelled has no running stage")
    func cancelled() throws {
        #expect(try row(job(.cancelled))[3] == "-")
        let answer = JobAnswer(status(try job(.cancelled)))
        #expect(answer.stages?.map(\.state) == ["finished", "stopped"])
    }

    @Test("A narrow terminal shows the end of an id, which names the job as well", arguments: [60, 80, 100])
    func narrow(width: Int) throws {
        let lines = JobTable([status(try job(.running))], now: Self.now).lines(width: width)
        #expect(lines[1].hasPrefix("1a2b3c4d  nightly (20260528t0200z)  running"))
        #expect(lines.allSatisfy { $0.count <= width }, "\(lines)")
    }
}

import Foundation
import JobReports
import Ledger
import OperatingSystem
import Testing
import Views

/// What users' scripts read: keys are added, never renamed.
@Suite("Jobs as JSON")
struct JobAnswerTests {
    private static let time = Date(timeIntervalSince1970: 1_780_000_000)

    private func job(_ state: JobState) -> JobRecord {
        let process = ProcessIdentity(pid: 7, startTicks: 1, bootID: "b")
        return JobRecord(
            id: "a", name: "sentiment", state: state, attempt: 2, cancelRequested: true, submittedAt: Self.time,
            reason: "r", runFolder: "/run", summary: JobSummary(steps: 3), worker: process,
            execution: Execution(executor: "process", process: process),
            heartbeatAt: Self.time, memoryBytes: 8, priority: 1, retries: 4, notBefore: Self.time, owner: 1_000)
    }

    private func object(_ answer: some Encodable) throws -> [String: Any] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        return try #require(JSONSerialization.jsonObject(with: try encoder.encode(answer)) as? [String: Any])
    }

    @Test("A running job has these keys, and the one that was asked for two more")
    func keys() throws {
        let common: Set<String> = [
            "id", "name", "state", "attempt", "reason", "run_dir", "summary", "priority", "retries", "pid",
            "heartbeat_at", "memory_bytes", "not_before", "cancel_requested", "owner", "submitted_at", "foreground",
        ]
        #expect(Set(try object(JobAnswer(job(.running))).keys) == common)
        let progress = JobProgress(
            StageProgress(stage: .train, done: 1, total: 2, unit: .steps, rate: .infinity, loss: 0.5), at: Self.time)
        #expect(progress.told?.words == "step 1 of 2, loss 0.5000")
        let one = try object(JobAnswer(job(.running), stages: [], progress: progress))
        #expect(Set(one.keys) == common.union(["stages", "progress"]))
        let shown = try #require(one["progress"] as? [String: Any])
        #expect(Set(shown.keys) == ["stage", "step", "total_steps", "unit", "loss", "updated_at"])
    }

    @Test("Times stand with a job and its stages; what an attempt that ended did not finish is stopped")
    func times() throws {
        let stages = [
            StageRecord(attempt: 1, name: "train", state: .running, startedAt: Self.time),
            StageRecord(
                attempt: 2, name: "base", state: .finished, startedAt: Self.time, finishedAt: Self.time + 1),
            StageRecord(attempt: 2, name: "train", state: .running, startedAt: Self.time + 1),
        ]
        for (state, wanted) in [
            (JobState.running, ["stopped", "finished", "running"]), (.cancelled, ["stopped", "finished", "stopped"]),
        ] {
            let shown = try object(JobAnswer(job(state), stages: stages, progress: nil))
            #expect(shown["submitted_at"] as? String == "2026-05-28T20:26:40Z")
            let told = try #require(shown["stages"] as? [[String: Any]])
            #expect(told.map { $0["state"] as? String } == wanted)
            #expect(told[1]["finished_at"] as? String == "2026-05-28T20:26:41Z" && told[2]["finished_at"] == nil)
        }
    }

    @Test("Of a job that does not run no sign of life is shown", arguments: JobState.allCases)
    func signs(state: JobState) throws {
        let shown = try object(JobAnswer(job(state)))
        #expect((shown["heartbeat_at"] != nil) == (state == .running))
        #expect((shown["memory_bytes"] != nil) == (state == .running))
        #expect(shown["state"] as? String == state.rawValue)
    }

    @Test("A line of a log is told from its time, and one without a time is all text")
    func logs() throws {
        let stamped = try object(LogAnswer(line: "2026-11-24T00:26:03.123Z step 1 of 2"))
        #expect(stamped["time"] as? String == "2026-11-24T00:26:03.123Z" && stamped["text"] as? String == "step 1 of 2")
        let plain = try object(LogAnswer(line: "Fatal error: 1"))
        #expect(plain["time"] == nil && plain["text"] as? String == "Fatal error: 1")
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("lorad run in the ledger", .serialized)
struct ForegroundLedgerTests {
    private func jobs(_ lorad: LoradProcess) throws -> [JSONValue] {
        try JSONReader.parse(lorad.run("status", "--json").output, name: "status").arrayValue ?? []
    }

    @Test("`status`, `logs` and `submit` know a run; --set reaches it")
    func known() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 3), to: "job.yaml")
            let run = try lorad.run("run", "job.yaml", "--set", "training.max_steps=2")
            #expect(run.status == 0, "\(run.errors)")
            let answer = try JSONReader.parse(run.lastLine, name: "run")
            let found = try jobs(lorad)
            #expect(found.count == 1 && found.first?["id"]?.stringValue == answer["job"]?.stringValue)
            #expect(found.first?["state"]?.stringValue == "succeeded" && found.first?["attempt"]?.intValue == 1)
            #expect(found.first?["finished_at"] != nil && found.first?["foreground"]?.boolValue == true)
            #expect(try lorad.run("logs", "tiny").output.contains("stage train ended"))
            #expect(lorad.list("outbox/tiny").contains("latest"))
            let repeated = try lorad.run("submit", "job.yaml", "--set", "training.max_steps=2")
            #expect(
                repeated.errors.contains("has the content of job") && repeated.lastLine == answer["job"]?.stringValue)
            // Other settings are another job.
            #expect(try lorad.run("submit", "job.yaml").lastLine != answer["job"]?.stringValue)
        }
    }

    @Test("A run that is killed is interrupted; a retry hands it to a worker, which goes on from its checkpoint")
    func killed() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(
                lorad.manifest(sha256: lorad.hash(), steps: 4_000, checkpointEvery: 100), to: "job.yaml")
            let run = try lorad.start(["run", "job.yaml"])
            let hasCheckpoint = eventually(within: 120) {
                lorad.list(".lorad/jobs").contains {
                    lorad.list(".lorad/jobs/\($0)").contains("checkpoint.safetensors")
                }
            }
            try #require(hasCheckpoint, "\(run.errors)")
            let running = try jobs(lorad)
            #expect(running.first?["state"]?.stringValue == "running")
            #expect(running.first?["pid"]?.intValue == Int(run.pid))
            // A worker beside it neither ends nor runs it.
            #expect(try lorad.run("watch", "--once").status == 0)
            #expect(run.isRunning)
            run.send(SIGKILL)
            _ = try run.wait()
            #expect(try jobs(lorad).first?["state"]?.stringValue == "interrupted")
            #expect(try lorad.run("watch", "--once").status == 0)
            #expect(try jobs(lorad).first?["state"]?.stringValue == "interrupted")
            #expect(try lorad.run("retry", "tiny").status == 0)
            let watch = try lorad.run("watch", "--once")
            #expect(watch.status == 0, "\(watch.errors)")
            #expect(try lorad.run("logs", "tiny").output.contains("training goes on from its checkpoint"))
            let ended = try jobs(lorad)
            #expect(ended.count == 1 && ended.first?["state"]?.stringValue == "succeeded")
            #expect(ended.first?["attempt"]?.intValue == 2 && ended.first?["foreground"]?.boolValue == false)
        }
    }

    @Test("After SIGTERM it is said how to go on; `cancel` ends a run; `--follow` ends as the job does")
    func followed() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(
                lorad.manifest(sha256: lorad.hash(), steps: 1_000_000, checkpointEvery: 100), to: "job.yaml")
            let run = try lorad.start(["run", "job.yaml"])
            try #require(eventually(within: 120) { run.errors.contains("train: started") }, "\(run.errors)")
            run.terminate()
            let stopped = try run.wait()
            #expect(stopped.status == 130 && stopped.errors.contains("lorad retry"), "\(stopped.errors)")
            #expect(stopped.output.isEmpty)

            let again = try lorad.start(["run", "job.yaml"])
            try #require(eventually(within: 120) { again.errors.contains("train: started") }, "\(again.errors)")
            #expect(try lorad.run("cancel", "tiny").status == 0)
            let cancelled = try again.wait()
            #expect(cancelled.status == 130 && cancelled.errors.contains("was cancelled"), "\(cancelled.errors)")
            let found = try jobs(lorad)
            #expect(found.count == 1 && found.first?["state"]?.stringValue == "cancelled")

            let followed = try lorad.start(["submit", "job.yaml", "--set", "training.max_steps=2", "--follow"])
            try #require(eventually(within: 60) { !lorad.list("inbox").isEmpty }, "\(followed.errors)")
            #expect(try lorad.run("watch", "--once").status == 0)
            let outcome = try followed.wait(within: 120)
            #expect(outcome.status == 0 && outcome.errors.contains("succeeded: "), "\(outcome.errors)")
            #expect(outcome.errors.contains("publish: done"), "\(outcome.errors)")
            let id = try jobs(lorad).first?["id"]?.stringValue
            #expect(outcome.lastLine == id)
            let watched = try lorad.run("status", "tiny", "--watch")
            #expect(watched.status == 0 && watched.output.contains("succeeded"), "\(watched.output)")
        }
    }

    @Test("A manifest that no attempt could run is not queued again, and it is said what is wrong with it")
    func hopeless() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write("name: tiny\nadapter: {rank: 0}\nbase: [\n", to: "inbox/tiny.yaml")
            _ = try lorad.run("watch", "--once")
            let job = try #require(try jobs(lorad).first)
            try #require(job["state"]?.stringValue == "rejected")
            let retried = try lorad.run("retry", try #require(job["id"]?.stringValue))
            #expect(retried.status == 65, "\(retried.errors)")
            #expect(retried.errors.contains("a retry would end in the same way"), "\(retried.errors)")
            #expect(retried.errors.contains("tiny.yaml:4:1"), "\(retried.errors)")
            #expect(try jobs(lorad).first?["state"]?.stringValue == "rejected")
        }
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("The state of a worker of an earlier lorad")
struct PastWorkerTests {
    private func prepared(_ past: PastCommit, _ folder: String) throws -> LoradProcess {
        let lorad = try past.prepare(folder)
        try FileManager.default.copyItem(atPath: past.path("state"), toPath: "\(folder)/.lorad")
        return lorad
    }

    @Test("status and webhooks list say of it what they said then", arguments: PastCommit.all)
    func told(past: PastCommit) throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(past, folder)
            let file = try Data(contentsOf: URL(fileURLWithPath: past.path("ledger.json")))
            let then = try #require(JSONSerialization.jsonObject(with: file) as? [String: Any])
            let recorded = try #require(then["status"] as? [[String: Any]])
            try #require(recorded.count >= 7)
            try expect(objects(lorad.run("status", "--json")), hold: recorded)
            let details = try #require(then["jobs"] as? [String: [String: Any]])
            try #require(details.count >= 7)
            for (name, job) in details {
                try #require(job["stages"] != nil)
                try expect(objects(lorad.run("status", name, "--json")), hold: [job])
            }
            let list = try lorad.run("webhooks", "list", "--limit", "1000", "--json")
            #expect(list.errors.contains("the webhook 'gone' is disabled"))
            let sent = try #require(then["deliveries"] as? [[String: Any]])
            try #require(sent.count >= 3)
            try expect(objects(list), hold: sent)
        }
    }

    private func objects(_ outcome: RunningProcess.Outcome) throws -> [[String: Any]] {
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    }

    /// Every key of then with its value; keys may have been added since.
    private func expect(_ now: [[String: Any]], hold then: [[String: Any]]) throws {
        try #require(now.count == then.count)
        for (now, then) in zip(now, then) {
            for (key, value) in then {
                #expect(holds(now[key], value), "\(key) of \(then["id"] ?? "")")
            }
        }
    }

    private func holds(_ now: Any?, _ then: Any) -> Bool {
        if let then = then as? [String: Any] {
            guard let now = now as? [String: Any] else { return false }
            return then.allSatisfy { key, value in
                // A stage that an ended attempt left unfinished was called running then.
                holds(now[key], value)
                    || key == "state" && value as? String == "running" && now[key] as? String == "stopped"
                        && then["finished_at"] == nil
            }
        }
        if let then = then as? [Any] {
            guard let now = now as? [Any], now.count == then.count else { return false }
            return zip(now, then).allSatisfy { holds($0, $1) }
        }
        return now as? NSObject == then as? NSObject
    }

    @Test(
        "A worker of today ends what it left: from their checkpoints, to the adapters of then",
        arguments: PastCommit.all)
    func goesOn(past: PastCommit) throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(past, folder)
            let paused = try lorad.run("watch", "--once")
            #expect(paused.status == 75 && paused.errors.contains("paused"), "\(paused.errors)")
            #expect(try lorad.run("resume").status == 0)
            let watch = try lorad.run("watch", "--once")
            #expect(watch.status == 0, "\(watch.errors)")
            for job in ["stopped", "killed", "postponed", "waiting"] {
                let log = try lorad.run("logs", job).output
                #expect(log.contains("training goes on from its checkpoint") == (job != "waiting"), "\(job)")
                try past.expectAdapter(
                    "outbox/\(job)/latest/adapter_model.safetensors", equals: "reviews-float32", lorad)
            }
            let jobs = try JSONReader.parse(lorad.run("status", "--json").output, name: "status").arrayValue ?? []
            let ended: Set = ["succeeded", "failed", "rejected", "cancelled"]
            try #require(jobs.count >= 7)
            for job in jobs {
                #expect(ended.contains(job["state"]?.stringValue ?? ""), "\(job["name"]?.stringValue ?? "")")
            }
        }
    }
}

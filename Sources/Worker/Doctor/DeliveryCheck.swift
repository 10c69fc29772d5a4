import Foundation
import GRDB
import Manifests
import Pipeline

/// What the ledger says of the queue and of webhooks' deliveries.
struct DeliveryCheck {
    let hooks: [HookConfiguration]
    /// Seconds for which a message may wait before it is worth a word.
    private static let patience = 3_600.0

    func findings(_ database: Database, now: Date) throws -> [Finding] {
        // A ledger that an older lorad made and no newer one has opened yet.
        guard try database.tableExists("queue"), try database.tableExists("deliveries") else { return [] }
        return [try queue(database)] + (try deliveries(database, now: now))
    }

    private func queue(_ database: Database) throws -> Finding {
        let waiting = try Int.fetchOne(database, sql: "SELECT count(*) FROM jobs WHERE state = 'queued'") ?? 0
        guard let paused = try Int64.fetchOne(database, sql: "SELECT paused_at FROM queue") else {
            return Finding("queue", "\(waiting) jobs wait")
        }
        return Finding(
            "queue", "paused since \(Timestamp.text(Timestamp.date(paused))); \(waiting) jobs wait", .warning,
            advice: "`lorad resume` starts jobs again.")
    }

    private func deliveries(_ database: Database, now: Date) throws -> [Finding] {
        var findings: [Finding] = []
        for row in try Row.fetchAll(database, sql: "SELECT hook, reason FROM disabled_hooks ORDER BY hook") {
            let (hook, reason): (String, String) = (row["hook"], row["reason"])
            findings.append(
                Finding(
                    "hook_disabled \(hook)", "the hook is disabled: \(reason)", .problem,
                    advice: "Give it another URL, then `lorad webhooks enable \(hook)`."))
        }
        let sql = """
            SELECT hook, count(*) AS count, min(created_at) AS oldest FROM deliveries WHERE state = 'pending'
            GROUP BY hook ORDER BY hook
            """
        let known = Set(hooks.map(\.name))
        for row in try Row.fetchAll(database, sql: sql) {
            let (hook, count): (String, Int) = (row["hook"], row["count"])
            let oldest = Timestamp.date(row["oldest"])
            if !known.contains(hook) {
                findings.append(
                    Finding(
                        "deliveries \(hook)", "\(count) wait for a hook that lorad.yaml does not have", .warning,
                        advice: "The worker gives them up at its next start or SIGHUP, unless the hook is back by then."
                    ))
            } else if now.timeIntervalSince(oldest) > Self.patience {
                findings.append(
                    Finding(
                        "deliveries \(hook)", "\(count) wait, the oldest since \(Timestamp.text(oldest))", .warning,
                        advice: "`lorad webhooks list --hook \(hook) --state pending` says why; "
                            + "`lorad webhooks test \(hook)` tries it now."))
            }
        }
        return findings.isEmpty ? [Finding("deliveries", "none waits for long, no hook is disabled")] : findings
    }
}

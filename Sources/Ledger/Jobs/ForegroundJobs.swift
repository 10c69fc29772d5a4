import Foundation
import GRDB
import OperatingSystem

/// Jobs that a process of somebody's own works on (`lorad run`), beside the queue: no worker takes, rescues or counts
/// them, and nobody is told of them by message.
extension Ledger {
    /// Gives a job to `process`: one of the same name and content that was cut off in the foreground, or else a new one.
    package func begin(
        inForeground job: NewJob, process: ProcessIdentity, now: Date = Date()
    ) throws -> JobRecord {
        let logPath = logPath(job.id)
        return try write("begin job \(job.id) in the foreground") { database in
            let cutOff = """
                SELECT id FROM jobs WHERE foreground = 1 AND state = 'interrupted' AND name = ? AND manifest_sha256 = ?
                ORDER BY sequence DESC LIMIT 1
                """
            let found = try String.fetchOne(database, sql: cutOff, arguments: [job.name, job.manifestSHA256])
            if let found {
                try database.change(found, by: .by(.resumed))
            } else {
                try Self.insert(
                    job, by: .by(.admitted), isForeground: true, logPath: logPath, in: database, now: now)
            }
            // In the same transaction: nobody else sees it wait.
            let id = found ?? job.id
            try database.change(
                id, by: .by(.taken),
                setting: [
                    "started_at": Timestamp.milliseconds(now), "worker_pid": process.pid,
                    "worker_start": Int64(bitPattern: process.startTicks), "boot_id": process.bootID,
                ])
            return try database.job(id)
        }
    }

    /// Ends the runs in the foreground whose processes are proved dead: as interrupted, or as their run that stands in
    /// the outbox did. Returns them as they stand now.
    ///
    /// - Parameter publication: what a job whose process is gone has published.
    package func interruptDeadRuns(
        now: Date = Date(), publication: @Sendable (String) -> PublicationFinding = { _ in .none }
    ) throws -> [JobRecord] {
        let running = "SELECT * FROM jobs WHERE foreground = 1 AND state = 'running' ORDER BY sequence"
        let dead = try read("look for runs in the foreground") { database in
            try Row.fetchAll(database, sql: running).map(JobRecord.init).filter { !($0.worker?.isAlive ?? false) }
        }
        guard !dead.isEmpty else { return [] }
        return try write("end runs in the foreground whose process died") { database in
            try dead.compactMap { job in
                // Another process may have done it since.
                let isStill = try database.job(job.id)
                guard isStill.state == .running, isStill.attempt == job.attempt else { return nil }
                var ending = JobEnding(.interrupted, reason: "The process that ran it died.")
                if case .ended(let published) = publication(job.id) { ending = published }
                if job.cancelRequested, ending.state == .interrupted {
                    ending = JobEnding(.cancelled, reason: "cancelled")
                }
                return try Self.conclude(
                    job.id, attempt: job.attempt, as: ending, announcer: NobodyTold(), in: database, now: now)
            }
        }
    }
}

/// Tells nobody: who runs a job by hand sees what comes of it.
package struct NobodyTold: JobAnnouncer, AliasAnnouncer {
    package init() {}

    package func deliveries(
        of event: JobEvent, job: JobRecord, disabled: Set<String>, now: Date
    ) -> [NewDelivery] { [] }

    package func deliveries(
        of move: AliasMove, name: String, from: AdapterVersion?, to: AdapterVersion?, disabled: Set<String>
    ) -> [NewDelivery] { [] }
}

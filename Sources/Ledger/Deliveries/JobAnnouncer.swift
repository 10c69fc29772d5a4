import Foundation
import GRDB
import OperatingSystem

/// Who is told of jobs, and in what words. It is asked in the transaction that changes a job's state: a change that was
/// committed is told of, even if the worker dies the next instant; one that was not never is.
package protocol JobAnnouncer: Sendable {
    /// What is to be delivered of an event, in order.
    ///
    /// - Parameters:
    ///   - job: as it stands after the change.
    ///   - disabled: hooks that hear of nothing.
    func deliveries(
        of event: JobEvent, job: JobRecord, disabled: Set<String>, now: Date
    ) throws -> [NewDelivery]
}

/// A message about to enter the ledger.
package struct NewDelivery: Sendable, Equatable {
    package let hook: String
    /// The kind of hook that `body` is made for.
    package let kind: String
    /// The request's body.
    package let body: String

    package init(hook: String, kind: String, body: String) {
        self.hook = hook
        self.kind = kind
        self.body = body
    }
}

extension Ledger {
    /// Writes the deliveries of an event; returns the job's record as it now stands. A nil event is told to nobody.
    static func announce(
        _ event: JobEvent?, job id: String, by announcer: any JobAnnouncer, in database: Database, now: Date
    ) throws -> JobRecord {
        let job = try database.job(id)
        guard let event else { return job }
        let deliveries = try announcer.deliveries(
            of: event, job: job, disabled: try disabledHooks(in: database), now: now)
        try insert(deliveries, job: id, event: event.rawValue, in: database, now: now)
        return job
    }

    static func disabledHooks(in database: Database) throws -> Set<String> {
        Set(try String.fetchAll(database, sql: "SELECT hook FROM disabled_hooks"))
    }

    /// Writes deliveries of a job or of an alias.
    static func insert(
        _ deliveries: [NewDelivery], job: String? = nil, alias: String? = nil, event: String, in database: Database,
        now: Date
    ) throws {
        let time = Timestamp.milliseconds(now)
        for delivery in deliveries {
            try database.execute(
                sql: """
                    INSERT INTO deliveries (id, hook, job, alias, event, kind, body, state, due_at, created_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)
                    """,
                arguments: [
                    Identifier.delivery(), delivery.hook, job, alias, event, delivery.kind, delivery.body, time, time,
                ])
        }
    }
}

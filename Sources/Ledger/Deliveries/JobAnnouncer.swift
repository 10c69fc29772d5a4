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

/// Who is told of aliases that move, asked in the transaction that moves them.
package protocol AliasAnnouncer: Sendable {
    /// What is to be delivered of a move, in order.
    ///
    /// - Parameters:
    ///   - runs: the versions that the move is from and to, where they are some.
    ///   - disabled: hooks that hear of nothing.
    func deliveries(
        of move: AliasMove, name: String, from: AdapterVersion?, to: AdapterVersion?, disabled: Set<String>
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

    /// Writes the deliveries of an alias's move.
    static func announce(
        _ move: AliasMove, name: String, versions: [AdapterVersion], by announcer: any AliasAnnouncer,
        in database: Database
    ) throws {
        func version(_ target: AliasTarget?) -> AdapterVersion? { versions.first { $0.number == target?.number } }
        let deliveries = try announcer.deliveries(
            of: move, name: name, from: version(move.from), to: version(move.to),
            disabled: try disabledHooks(in: database))
        try insert(
            deliveries, alias: "\(name)@\(move.alias)", event: aliasMoved, in: database, now: move.date)
    }

    /// The event of a delivery that tells of an alias.
    package static let aliasMoved = "alias.moved"

    private static func disabledHooks(in database: Database) throws -> Set<String> {
        Set(try String.fetchAll(database, sql: "SELECT hook FROM disabled_hooks"))
    }

    /// Writes deliveries of a job or of an alias.
    private static func insert(
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

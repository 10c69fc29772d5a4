import Foundation
import GRDB
import Manifests

/// Writes the deliveries of a state change into the ledger, in the transaction that changes the state: a change that
/// was committed is told of, even if the worker dies the next instant; one that was not never is.
package struct Announcer: Sendable {
    private let current: @Sendable () -> [Hook]

    package init(hooks: [Hook]) { current = { hooks } }

    /// - Parameter current: asked within each transaction, as lorad.yaml may be read again.
    init(current: @escaping @Sendable () -> [Hook]) { self.current = current }

    /// The hooks as they are configured now.
    package var hooks: [Hook] { current() }

    /// Returns the job's record as it now stands. A nil event is told to nobody.
    func announce(_ event: HookEvent?, job id: String, in database: Database, now: Date) throws -> JobRecord {
        let job = try database.job(id)
        guard let event else { return job }
        let message = JobMessage(event: event, job: job, time: now)
        let disabled = Set(try String.fetchAll(database, sql: "SELECT hook FROM disabled_hooks"))
        for hook in hooks where hook.hears(event, ofJob: job.name) && !disabled.contains(hook.name) {
            guard job.notify?.contains(hook.name) ?? true else { continue }
            let time = Timestamp.milliseconds(now)
            try database.execute(
                sql: """
                    INSERT INTO deliveries (id, hook, job, event, kind, body, state, due_at, created_at)
                    VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?)
                    """,
                arguments: [
                    Identifier.delivery(), hook.name, id, event.rawValue, hook.kind.rawValue,
                    try message.body(for: hook.kind), time, time,
                ])
        }
        return job
    }
}

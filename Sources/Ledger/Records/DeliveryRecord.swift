import Foundation
import GRDB
import OperatingSystem

/// A row of the ledger's `deliveries`: one event for one hook, kept until it is delivered or given up.
package struct DeliveryRecord: Sendable, Equatable {
    package enum State: String, Sendable { case pending, delivered, abandoned }

    /// `msg_…`, constant over retries: what a receiver tells repeats by.
    package let id: String
    package let hook: String
    /// The job that it tells of; nil where it tells of an alias.
    package let job: String?
    /// The alias that it tells of, such as `tickets@champion`.
    package let alias: String?
    package let event: String
    /// The kind of hook that `body` was made for; nil in rows of an older lorad.
    package let kind: String?
    /// The request's body as it was rendered at the state change.
    package let body: String
    package let state: State
    /// Attempts made.
    package let attempts: Int
    /// Not before this time.
    package let dueAt: Date
    /// Of the state change it tells of.
    package let createdAt: Date
    /// When it was delivered or given up.
    package let finishedAt: Date?
    /// How the last attempt ended, in words that hold no URL.
    package let lastResult: String?

    /// What it tells of, in a word or two for a line.
    package var subject: String { job ?? alias ?? "" }

    init(row: Row) throws {
        let stateText: String = row["state"]
        guard let state = State(rawValue: stateText) else {
            throw WorkerError(.ledger, "The ledger gives a delivery the unknown state '\(stateText)'.")
        }
        id = row["id"]
        hook = row["hook"]
        job = row["job"]
        alias = row["alias"]
        event = row["event"]
        kind = row["kind"]
        body = row["body"]
        self.state = state
        attempts = row["attempts"]
        dueAt = Timestamp.date(row["due_at"])
        createdAt = Timestamp.date(row["created_at"])
        finishedAt = (row["finished_at"] as Int64?).map(Timestamp.date)
        lastResult = row["last_result"]
    }
}

import Foundation
import GRDB

/// What a job found when it was first asked about and goes on with from then on. The ledger keeps it, as the job's own
/// process may write to its work folder.
extension Ledger {
    /// What `pin(_:to:)` kept for the job; nil where nothing is, or it has another form.
    ///
    /// - Throws: `WorkerError` of the ledger.
    package func pins<Value: Decodable>(of job: String) throws -> Value? {
        let text = try read("read the pins of job \(job)") { database in
            try String.fetchOne(database, sql: "SELECT pins FROM jobs WHERE id = ?", arguments: [job])
        }
        // Another version of lorad may have written it.
        return try? LedgerJSON.decode(text, of: job)
    }

    /// Keeps a value for a job, until somebody asks for the job once more.
    ///
    /// - Throws: `WorkerError` of the ledger.
    package func pin(_ value: some Encodable, to job: String) throws {
        let text = try LedgerJSON.encode(value)
        try write("keep the pins of job \(job)") { database in
            try database.execute(sql: "UPDATE jobs SET pins = ? WHERE id = ?", arguments: [text, job])
        }
    }

    /// What is kept for jobs that are not at their end. Values of another form are left out.
    ///
    /// - Throws: `WorkerError` of the ledger.
    package func pinsOfUnfinishedJobs<Value: Decodable>() throws -> [Value] {
        let ended = JobState.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let found = try read("read the pins of unfinished jobs") { database in
            let sql = "SELECT id, pins FROM jobs WHERE pins IS NOT NULL AND state NOT IN (\(ended))"
            return try Row.fetchAll(database, sql: sql).map { (id: $0["id"] as String, text: $0["pins"] as String) }
        }
        return found.compactMap { job in (try? LedgerJSON.decode(job.text, of: job.id)) ?? nil }
    }
}

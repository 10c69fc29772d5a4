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
}

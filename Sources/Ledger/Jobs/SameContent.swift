import Foundation
import GRDB

extension Ledger {
    /// The latest job of these very bytes that waits, runs or has succeeded; nil where there is none. One that failed, was
    /// rejected or cancelled does not count: whoever drops the manifest again has put something right.
    package func job(ofContent sha256: String) throws -> JobRecord? {
        guard !sha256.isEmpty else { return nil }
        return try read("look for a job of the same content") { database in
            let sql = """
                SELECT * FROM jobs WHERE manifest_sha256 = ?
                    AND state IN ('queued', 'running', 'interrupted', 'succeeded')
                ORDER BY sequence DESC LIMIT 1
                """
            return try Row.fetchOne(database, sql: sql, arguments: [sha256]).map(JobRecord.init)
        }
    }
}

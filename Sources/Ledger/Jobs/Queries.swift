import Foundation
import GRDB
import OperatingSystem

extension Ledger {
    /// One job by its id. Throws `.unknownJob`.
    package func job(_ id: String) throws -> JobRecord {
        try read("read job \(id)") { try $0.job(id) }
    }

    /// One job by its id; nil where there is none.
    package func find(_ id: String) throws -> JobRecord? {
        try read("look for job \(id)") { database in
            try Row.fetchOne(database, sql: "SELECT * FROM jobs WHERE id = ?", arguments: [id]).map(JobRecord.init)
        }
    }

    /// The latest jobs first; all of them where `limit` is nil.
    package func jobs(limit: Int? = nil) throws -> [JobRecord] {
        try read("list the jobs") { database in
            let sql = "SELECT * FROM jobs ORDER BY sequence DESC LIMIT ?"
            return try Row.fetchAll(database, sql: sql, arguments: [limit ?? -1]).map(JobRecord.init)
        }
    }

    /// The job people mean: by id, by the beginning or end of an id where one job alone has it, the latest job of that
    /// name, or that of a name and its stamp (`nightly-20261124t0200z`). Throws `.unknownJob`.
    package func resolve(_ reference: String) throws -> JobRecord {
        let matches = try read("look for job \(reference)") { database in
            if let row = try Row.fetchOne(database, sql: "SELECT * FROM jobs WHERE id = ?", arguments: [reference]) {
                return [try JobRecord(row: row)]
            }
            let byName = """
                SELECT * FROM jobs WHERE name = ?1 OR stamp IS NOT NULL AND name || '-' || stamp = ?1
                ORDER BY sequence DESC LIMIT 1
                """
            if let row = try Row.fetchOne(database, sql: byName, arguments: [reference]) {
                return [try JobRecord(row: row)]
            }
            let byPart = """
                SELECT * FROM jobs WHERE length(?1) >= 4
                    AND (substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1)) = ?1) LIMIT 2
                """
            return try Row.fetchAll(database, sql: byPart, arguments: [reference]).map(JobRecord.init)
        }
        switch matches.count {
        case 1: return matches[0]
        case 0:
            throw Self.noJob(reference)
        default:
            throw WorkerError(.unknownJob, "More than one job's id begins or ends with '\(reference)'.")
        }
    }

    /// Why a reference leads to no job.
    package static func noJob(_ reference: String) -> WorkerError {
        WorkerError(
            .unknownJob, "No job has the id or name '\(reference)'.", advice: "`lorad status` lists the jobs.")
    }
}

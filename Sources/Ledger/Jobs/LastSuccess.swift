import Foundation
import GRDB

extension Ledger {
    /// The last job to succeed among those of a name and of names that begin with it.
    ///
    /// - Parameter isStamped: whether a name that begins with another is that name with a stamp.
    package func lastSuccess(
        of name: String, orStamped isStamped: (_ candidate: String, _ name: String) -> Bool
    ) throws -> JobRecord? {
        let names = try read("list the names of jobs that succeeded") { database in
            // Which of those are stamps is told outside SQL.
            try String.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT name FROM jobs WHERE state = 'succeeded' AND substr(name, 1, length(?1)) = ?1
                    """, arguments: [name])
        }
        let family = names.filter { isStamped($0, name) }
        return try family.compactMap { try latestSuccess(named: $0) }
            .max { ($0.finishedAt ?? .distantPast) < ($1.finishedAt ?? .distantPast) }
    }

    private func latestSuccess(named name: String) throws -> JobRecord? {
        try read("read the last success of \(name)") { database in
            let sql = "SELECT * FROM jobs WHERE state = 'succeeded' AND name = ? ORDER BY finished_at DESC LIMIT 1"
            return try Row.fetchOne(database, sql: sql, arguments: [name]).map(JobRecord.init)
        }
    }
}

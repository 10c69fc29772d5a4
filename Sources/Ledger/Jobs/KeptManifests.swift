import Foundation
import GRDB
import OperatingSystem

/// The manifests that the ledger keeps: without bounds, whoever may drop files could fill its disk.
extension Ledger {
    /// Rows changed in one transaction: other writers wait no longer than these take.
    private static let mostAtOnce = 1_000
    private static let ended =
        "state IN (" + JobState.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")"

    /// Bytes of manifests: of all jobs, and of those that wait or run, which need them.
    package func manifestBytes() throws -> (kept: Int, needed: Int) {
        try read("add up its manifests") { database in
            let sql = """
                SELECT coalesce(sum(manifest_bytes), 0) AS kept,
                    coalesce(sum(manifest_bytes) FILTER (WHERE NOT (\(Self.ended))), 0) AS needed
                FROM jobs WHERE manifest_bytes > 0
                """
            let row = try Row.fetchOne(database, sql: sql)
            return (row?["kept"] ?? 0, row?["needed"] ?? 0)
        }
    }

    /// Forgets the manifests of jobs that ended before `limit`; returns how many. All else of their rows stays.
    package func pruneManifests(endedBefore limit: Date) throws -> Int {
        var pruned = 0
        while true {
            let count = try write("forget old manifests") { database in
                try database.execute(
                    sql: """
                        UPDATE jobs SET manifest_text = '', manifest_bytes = 0 WHERE sequence IN (
                            SELECT sequence FROM jobs
                            WHERE manifest_bytes > 0 AND \(Self.ended) AND finished_at < ? LIMIT ?)
                        """, arguments: [Timestamp.milliseconds(limit), Self.mostAtOnce])
                return database.changesCount
            }
            pruned += count
            if count < Self.mostAtOnce { return pruned }
        }
    }

    /// Forgets manifests of ended jobs, those that ended longest ago first, until no more than `bytes` are kept in all, or
    /// none of an ended job is, or a thousand are forgotten; returns how many.
    package func pruneManifests(downTo bytes: Int) throws -> Int {
        try write("forget manifests") { database in
            var excess =
                try Int.fetchOne(database, sql: "SELECT sum(manifest_bytes) FROM jobs WHERE manifest_bytes > 0") ?? 0
            excess -= bytes
            guard excess > 0 else { return 0 }
            let oldest = try Row.fetchAll(
                database,
                sql: """
                    SELECT sequence, manifest_bytes FROM jobs WHERE manifest_bytes > 0 AND \(Self.ended)
                    ORDER BY finished_at, sequence LIMIT ?
                    """, arguments: [Self.mostAtOnce])
            var pruned = 0
            for row in oldest where excess > 0 {
                let (sequence, size): (Int64, Int) = (row["sequence"], row["manifest_bytes"])
                try database.execute(
                    sql: "UPDATE jobs SET manifest_text = '', manifest_bytes = 0 WHERE sequence = ?",
                    arguments: [sequence])
                excess -= size
                pruned += 1
            }
            return pruned
        }
    }

    /// Notes that reading a claim took down the process that reads manifests; returns how often it has by now.
    package func countDeath(ofReading claim: String) throws -> Int {
        try write("count a death of the process that reads manifests") { database in
            try database.execute(
                sql: """
                    INSERT INTO reading_deaths (claim, deaths) VALUES (?, 1)
                    ON CONFLICT (claim) DO UPDATE SET deaths = deaths + 1
                    """, arguments: [claim])
            return try Int.fetchOne(
                database, sql: "SELECT deaths FROM reading_deaths WHERE claim = ?", arguments: [claim])
                ?? 1
        }
    }
}

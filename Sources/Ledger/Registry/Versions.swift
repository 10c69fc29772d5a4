import Foundation
import GRDB
import OperatingSystem

extension Ledger {
    /// The versions of a name, by their numbers.
    package func versions(of name: String) throws -> [AdapterVersion] {
        try read("list the versions of \(name)") { try Self.versions(of: name, $0) }
    }

    /// Names that have versions, in order.
    package func namesOfVersions() throws -> [String] {
        try read("list the names of versions") { database in
            try String.fetchAll(database, sql: "SELECT DISTINCT name FROM adapter_versions ORDER BY name")
        }
    }

    /// Gives a number to each of these runs that has none yet, in this order. Returns all versions of the name.
    package func register(_ runs: [NewVersion], of name: String) throws -> [AdapterVersion] {
        try write("register the versions of \(name)") { database in
            for run in runs {
                try database.execute(
                    sql: """
                        INSERT OR IGNORE INTO adapter_versions
                            (name, number, run, digest, base_sha256, tokenizer_sha256, published_at, standing)
                        SELECT ?1, 1 + coalesce(max(number), 0), ?2, ?3, ?4, ?5, ?6, ?7
                        FROM adapter_versions WHERE name = ?1
                        """,
                    arguments: [
                        name, run.run, run.digest, run.baseSHA256, run.tokenizerSHA256,
                        Timestamp.milliseconds(run.publishedAt),
                        (run.importation == nil ? AdapterVersion.Standing.published : .unverified).rawValue,
                    ])
                guard let importation = run.importation, database.changesCount == 1 else { continue }
                let mark = NewRemark(.imported, text: importation.source)
                try Self.remark([mark], onRun: run.run, by: importation.by, in: database, now: run.publishedAt)
            }
            return try Self.versions(of: name, database)
        }
    }

    /// Says that a version must not be used any more.
    ///
    /// - Returns: the aliases that lead to it, which keep it; none where it is retired.
    package func retire(_ version: AdapterVersion, reason: String, now: Date = Date()) throws -> [String] {
        try write("retire \(version.reference)") { database in
            let holders = try String.fetchAll(
                database, sql: "SELECT alias FROM aliases WHERE name = ? AND version = ? ORDER BY alias",
                arguments: [version.name, version.number])
            guard holders.isEmpty else { return holders }
            try database.execute(
                sql: """
                    UPDATE adapter_versions SET retired_at = ?, retired_because = ?
                    WHERE name = ? AND number = ? AND retired_at IS NULL
                    """,
                arguments: [Timestamp.milliseconds(now), reason, version.name, version.number])
            return []
        }
    }

    static func versions(of name: String, _ database: Database) throws -> [AdapterVersion] {
        let sql = "SELECT * FROM adapter_versions WHERE name = ? ORDER BY number"
        return try Row.fetchAll(database, sql: sql, arguments: [name]).map { row in
            let retired = (row["retired_at"] as Int64?).map(Timestamp.date)
            return AdapterVersion(
                name: row["name"], number: row["number"], run: row["run"], digest: row["digest"],
                baseSHA256: row["base_sha256"], tokenizerSHA256: row["tokenizer_sha256"],
                publishedAt: Timestamp.date(row["published_at"]),
                retirement: retired.map { .init(date: $0, reason: row["retired_because"] ?? "") },
                standing: AdapterVersion.Standing(rawValue: row["standing"]) ?? .unverified)
        }
    }
}

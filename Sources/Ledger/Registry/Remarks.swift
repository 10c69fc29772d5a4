import Foundation
import GRDB
import OperatingSystem

/// Remarks are only ever added: the tags of a version are what the last remark on each key says.
extension Ledger {
    /// What was said of a name's versions, the earliest first.
    package func remarks(of name: String) throws -> [VersionRemark] {
        try read("list the remarks on \(name)") { database in
            let sql = "SELECT * FROM version_remarks WHERE name = ? ORDER BY sequence"
            return try Row.fetchAll(database, sql: sql, arguments: [name]).map { row in
                let kind: String = row["kind"]
                guard let kind = VersionRemark.Kind(rawValue: kind) else {
                    throw WorkerError(.ledger, "The ledger holds a remark of the unknown kind '\(kind)'.")
                }
                return VersionRemark(
                    number: row["number"], kind: kind, key: row["key"], text: row["text"],
                    date: Timestamp.date(row["made_at"]), by: row["made_by"])
            }
        }
    }

    /// Makes remarks on a version, all of them or none.
    package func remark(
        _ remarks: [NewRemark], on version: AdapterVersion, by: String, now: Date = Date()
    ) throws {
        try write("remark on \(version.reference)") { database in
            try Self.remark(remarks, onRun: version.run, by: by, in: database, now: now)
        }
    }

    /// Says that runs, paths from the outbox, were removed. Those that are no versions are passed over.
    package func recordRemoval(of runs: [String], by: String, now: Date = Date()) throws {
        guard !runs.isEmpty else { return }
        try write("record the removal of \(runs.count) runs") { database in
            for run in runs { try Self.remark([NewRemark(.removed)], onRun: run, by: by, in: database, now: now) }
        }
    }

    /// Says that an imported version has passed parity. Returns whether that was not known yet.
    package func recordProof(of version: AdapterVersion, by: String, now: Date = Date()) throws -> Bool {
        try write("record the proof of \(version.reference)") { database in
            try database.execute(
                sql: """
                    UPDATE adapter_versions SET standing = 'verified'
                    WHERE name = ? AND number = ? AND standing = 'unverified'
                    """, arguments: [version.name, version.number])
            guard database.changesCount == 1 else { return false }
            try Self.remark([NewRemark(.verified)], onRun: version.run, by: by, in: database, now: now)
            return true
        }
    }

    static func remark(
        _ remarks: [NewRemark], onRun run: String, by: String, in database: Database, now: Date
    ) throws {
        for remark in remarks {
            try database.execute(
                sql: """
                    INSERT INTO version_remarks (name, number, kind, key, text, made_at, made_by)
                    SELECT name, number, ?, ?, ?, ?, ? FROM adapter_versions WHERE run = ?
                    """,
                arguments: [
                    remark.kind.rawValue, remark.key, remark.text?.withoutNUL, Timestamp.milliseconds(now), by, run,
                ])
        }
    }
}

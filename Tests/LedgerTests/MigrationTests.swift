import GRDB
import Ledger
import LedgerSupport
import OperatingSystem
import Testing

/// What the file itself keeps of its versions.
@Suite("The ledger's versions")
struct MigrationTests {
    /// As released ledgers hold them, in order. Never edited, only added to.
    private static let names = [
        "1: jobs, stages, deliveries", "2: job processes, priority, retries, pause", "schedule: entries and runs",
        "deliveries: kind, pruning", "intake: owners, sizes of manifests, deaths of their reader", "6: executions",
        "7: runs in the foreground, stamps", "8: versions, aliases", "9: wishes, deliveries of aliases", "10: pins",
    ]

    @Test("A new ledger holds every change, under the names that released ledgers hold, a number each")
    func names() throws {
        let bench = try LedgerBench()
        let applied = try DatabaseQueue(path: bench.path).read {
            try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid")
        }
        #expect(applied == Self.names)
        #expect(Ledger.schemaVersion == Self.names.count)
        #expect(Ledger.schemaNumbers == Array(1...Self.names.count))
    }

    @Test("A ledger written by a newer lorad is refused with its version, and left as it is")
    func newer() throws {
        for (name, words) in [
            ("99: from the future", "Its tables are of version 99 ('99: from the future')"),
            ("no number", "It holds the changes 'no number'"),
        ] {
            let bench = try LedgerBench()
            try DatabaseQueue(path: bench.path).write {
                try $0.execute(sql: "INSERT INTO grdb_migrations VALUES (?)", arguments: [name])
            }
            let refusal = try #require(failure { try Ledger(path: bench.path) { $0 } })
            #expect(refusal.code == .ledger)
            #expect(refusal.message == "The ledger \(bench.path) was written by a newer lorad.")
            #expect(refusal.cause == "\(words); the tables of this lorad are of version \(Self.names.count).")
            #expect(refusal.advice == "Use that version.")
            let kept = try DatabaseQueue(path: bench.path).read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM grdb_migrations")
            }
            #expect(kept == Self.names.count + 1)
        }
    }
}

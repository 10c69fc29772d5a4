import Foundation
import GRDB
import Glibc
import Ledger
import LedgerSupport
import TestSupport
import Testing
import Worker

/// What may have happened to the ledger while no worker looked, and while one does.
@Suite("The ledger's file")
struct LedgerFileTests {
    /// A worker's folders with a ledger of some jobs, and a backup of it.
    private func withBackup() throws -> (bench: WorkerBench, ledger: String, copy: String) {
        let bench = try WorkerBench()
        try bench.submit(["a": "succeed", "b": "fail", "c": "refuse"])
        try bench.watchOnce()
        return (bench, try bench.folders.ledger, try bench.worker().backUp())
    }

    private func remove(_ ledger: String) throws {
        for ending in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: ledger + ending) {
            try FileManager.default.removeItem(atPath: ledger + ending)
        }
    }

    @Test("A ledger that is gone, empty or without a table is refused beside backups, with the command to restore it")
    func missing() throws {
        let (bench, ledger, copy) = try withBackup()
        let jobs = try bench.worker().jobs().map(\.name)
        let spoilings: [() throws -> Void] = [
            {}, { try Data().write(to: URL(fileURLWithPath: ledger)) },
            { try DatabaseQueue(path: ledger).write { try $0.execute(sql: "PRAGMA user_version = 0") } },
        ]
        for spoil in spoilings {
            try remove(ledger)
            try spoil()
            for error in [failure { try bench.watchOnce() }, failure { try bench.worker().jobs() }] {
                #expect(error?.code == .ledgerRefused, "\(String(describing: error))")
                #expect(error?.advice?.contains("cp \(copy) \(ledger) && rm -f \(ledger)-wal \(ledger)-shm") == true)
            }
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "cp \(copy) \(ledger) && rm -f \(ledger)-wal \(ledger)-shm"]
        try process.run()
        process.waitUntilExit()
        #expect(try bench.worker().jobs().map(\.name) == jobs)
        #expect(try bench.watchOnce().ended.isEmpty)
    }

    @Test("Without backups a missing ledger is a new one")
    func new() throws {
        // Else a worker copies its ledger right at its first start.
        let bench = try WorkerBench { $0.retention.backupHours = 0 }
        #expect(try bench.watchOnce().ended.isEmpty)
        try remove(bench.folders.ledger)
        #expect(try bench.watchOnce().ended.isEmpty)
    }

    @Test("Garbage in the ledger's middle is found at the start, not by whoever reads it first")
    func garbage() throws {
        let (bench, ledger, copy) = try withBackup()
        try DatabaseQueue(path: ledger).writeWithoutTransaction { database in
            try database.execute(sql: "CREATE TABLE filler (text TEXT NOT NULL) STRICT")
            for _ in 0..<40 {
                try database.execute(
                    sql: "INSERT INTO filler VALUES (?)", arguments: [String(repeating: "filler", count: 2_000)])
            }
            try database.execute(sql: "CREATE INDEX fillers ON filler (text)")
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let file = try #require(FileHandle(forUpdatingAtPath: ledger))
        let size = try file.seekToEnd()
        try file.seek(toOffset: size / 2 / 4_096 * 4_096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size / 4)))
        try file.close()
        let error = failure { try bench.watchOnce() }
        #expect(error?.code == .ledgerRefused, "\(String(describing: error))")
        #expect(error?.message.contains("damaged") == true && error?.advice?.contains("cp \(copy)") == true)
    }

    @Test("A ledger that is removed or replaced under a worker ends it, and what it held is saved beside the backups")
    func exchanged() throws {
        for replaces in [false, true] {
            let bench = try WorkerBench()
            try bench.submit(["a": "succeed"])
            try bench.watchOnce()
            let ledger = try bench.folders.ledger
            let error = failure {
                try bench.whileWatching(FakeRunner()) {
                    #expect(eventually { FileManager.default.fileExists(atPath: ledger + "-wal") })
                    try bench.submit(["b": "succeed"])
                    #expect(try eventually { try bench.worker().jobs().filter { $0.state == .succeeded }.count == 2 })
                    if replaces {
                        try Data("other".utf8).write(to: URL(fileURLWithPath: ledger + ".new"))
                        #expect(rename(ledger + ".new", ledger) == 0)
                    } else {
                        try remove(ledger)
                    }
                    #expect(eventually { bench.log.contains { $0.contains("was saved as") } })
                }
            }
            #expect(error?.code == .ledger && error?.message.contains("removed or replaced") == true, "\(bench.log)")
            try remove(ledger)
            let refusal = failure { try bench.watchOnce() }
            #expect(refusal?.code == .ledgerRefused)
            let copy = try #require(LedgerBackup(folder: bench.folders.backups).copies.last)
            try FileManager.default.copyItem(atPath: copy, toPath: ledger)
            #expect(try bench.worker().jobs().map(\.name) == ["b", "a"])
        }
    }
}

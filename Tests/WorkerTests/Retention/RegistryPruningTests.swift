import Foundation
import Ledger
import LedgerSupport
import Manifests
import Pipeline
import Registry
import ReportSupport
import Reports
import Testing
import Worker

@Suite("Old runs that the registry asks for")
struct RegistryPruningTests {
    private let now = Date(timeIntervalSince1970: 1_900_000_000)

    private static func run(_ day: Int) -> String { String(format: "202611%02dT000000Z-%08x", day, day) }

    /// Runs as a pipeline leaves them, each one's parent the one before where `isLine` says so.
    private func bench(_ count: Int, isLine: Bool) throws -> WorkerBench {
        let bench = try WorkerBench()
        for day in 1...count {
            var report = SampleReport.succeeded()
            if isLine, day > 1 {
                report.provenance.parent = ParentProvenance(
                    initFrom: "tiny@\(day - 1)", path: "x", sha256: digest(day - 1))
            }
            let folder = "outbox/tiny/\(Self.run(day))"
            try FileManager.default.createDirectory(
                atPath: "\(bench.folder.path)/\(folder)", withIntermediateDirectories: true)
            let provenance = try ProvenanceDocument(report.provenance, subject: nil).encoded()
            try bench.folder.write(String(decoding: provenance, as: UTF8.self), to: "\(folder)/provenance.json")
            try bench.folder.write(
                String(decoding: try ReportCoding.encode(report), as: UTF8.self), to: "\(folder)/report.json")
            try bench.folder.write(
                "\(digest(day))  adapter_model.safetensors\n", to: "\(folder)/SHA256SUMS")
        }
        // Makes the ledger, and gives the runs their numbers.
        _ = try bench.ledger()
        _ = try #require(try bench.worker().registry()).follow("tiny")
        return bench
    }

    private func digest(_ day: Int) -> String { String(format: "%064x", day) }

    private func left(_ bench: WorkerBench) throws -> [Int] {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(bench.folder.path)/outbox/tiny")
        return (1...9).filter { names.contains(Self.run($0)) }
    }

    private func prune(_ bench: WorkerBench, _ policy: PruningPolicy, dryRun: Bool = false) throws -> Int {
        try bench.worker().prune(name: nil, by: policy, dryRun: dryRun, user: "ann", now: now).count
    }

    @Test("A policy by hand removes what retention would, and remembers who did it; a dry run removes nothing")
    func policy() throws {
        let bench = try bench(5, isLine: false)
        #expect(try prune(bench, PruningPolicy(keep: 2), dryRun: true) == 3)
        #expect(try left(bench) == [1, 2, 3, 4, 5])
        #expect(try prune(bench, PruningPolicy(keep: 2)) == 3)
        #expect(try left(bench) == [4, 5])
        let registry = try #require(try bench.worker().registry())
        let remarks = try registry.remarks(of: "tiny")
        #expect(remarks.map(\.kind) == [.removed, .removed, .removed] && remarks.allSatisfy { $0.by == "ann" })
        #expect(remarks.map(\.number).sorted() == [1, 2, 3])
        // Young ones stay where days are named.
        #expect(try prune(bench, PruningPolicy(olderThan: 36_500)) == 0)
    }

    @Test("Parents of runs that stay, and what an alias of the ledger alone leads to, are not removed")
    func kept() throws {
        let bench = try bench(5, isLine: true)
        let ledger = try bench.ledger()
        _ = try ledger.move(
            [AliasChange("candidate", from: nil, to: .version(1))], of: "tiny", by: "ann", announcer: NobodyTold())
        #expect(try prune(bench, PruningPolicy(keep: 1)) == 2)
        #expect(try left(bench) == [1, 4, 5])
    }

    @Test("A run that an unfinished job began from stays")
    func pinned() throws {
        let bench = try bench(3, isLine: false)
        let ledger = try bench.ledger()
        var job = NewJob(
            id: "a", name: "tiny", manifestFile: "tiny.yaml", manifestText: "name: tiny", manifestSHA256: "00")
        job.mistakes = nil
        _ = try ledger.admit(job, announcer: NobodyTold())
        var pins = JobReferences()
        pins.parent = ServedVersion(
            reference: "tiny@1", number: 1, folder: "\(bench.folder.path)/outbox/tiny/\(Self.run(1))", sha256: "",
            baseSHA256: "", tokenizerSHA256: "")
        try ledger.pin(pins, to: "a")
        #expect(try prune(bench, PruningPolicy(keep: 1)) == 1)
        #expect(try left(bench) == [1, 3])
    }

    @Test("Without a policy anywhere there is nothing to go by")
    func none() throws {
        let bench = try bench(2, isLine: false)
        let error = #expect(throws: RegistryError.self) { try prune(bench, PruningPolicy()) }
        #expect(error?.code == .malformed && error?.advice?.contains("--keep") == true)
        #expect(throws: RegistryError.self) {
            try bench.worker().prune(name: "tini", by: PruningPolicy(keep: 1), dryRun: false, user: "ann")
        }
    }
}

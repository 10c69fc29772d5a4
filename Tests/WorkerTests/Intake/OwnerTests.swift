import Executors
import Foundation
import Glibc
import Ledger
import LedgerSupport
import Manifests
import TestSupport
import Testing
import Worker

@Suite("Rules by a file's owner")
struct OwnerTests {
    private func configuration(_ text: String) throws -> WorkerConfiguration {
        try WorkerConfiguration.load(bytes: Array(text.utf8), file: "lorad.yaml")
    }

    private func admit(_ bench: LedgerBench, _ id: String, owner: UInt32?, priority: Int = 0) throws {
        var job = NewJob(
            id: id, name: id, manifestFile: id + ".yaml", manifestText: "name: \(id)", manifestSHA256: "00")
        job.owner = owner
        job.priority = priority
        _ = try bench.ledger.admit(job, announcer: bench.announcer)
    }

    @Test("The ledger says whose file a manifest was, and an older job's owner is not known")
    func recorded() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "succeed"])
        try bench.watchOnce()
        #expect(try bench.worker().status("a").job.owner == getuid())
        let ledger = try LedgerBench()
        try ledger.admit("old")
        #expect(try ledger.ledger.job("old").owner == nil)
    }

    @Test("A file keeps its owner on its way to the ledger", .enabled(if: getuid() == 0, "needs root"))
    func foreign() throws {
        let bench = try WorkerBench()
        try bench.folder.write("succeed", to: "inbox/a.yaml")
        #expect(chown(bench.folder.path + "/inbox/a.yaml", 4_711, 4_711) == 0)
        try bench.watchOnce()
        #expect(try bench.worker().status("a").job.owner == 4_711)
    }

    @Test("Of one owner no more jobs run at the same time than the rule says; those of others go before")
    func atOnce() throws {
        let bench = try LedgerBench()
        for id in ["a1", "a2", "a3"] { try admit(bench, id, owner: 1_001, priority: 50) }
        try admit(bench, "b1", owner: 1_002)
        try admit(bench, "old", owner: nil)
        let rules = try configuration("owners: [{owner: 1001, at_once: 2}, {owner: \"*\", at_once: 1}]")
        func next() throws -> JobRecord? {
            try bench.ledger.takeNext(worker: bench.worker, announcer: bench.announcer) {
                rules.rule(forOwner: $0)?.atOnce
            }
        }
        let first = try #require(try next())
        #expect(first.id == "a1")
        #expect(try next()?.id == "a2")
        #expect(try next()?.id == "b1")
        #expect(try next()?.id == "old")
        #expect(try next() == nil)
        _ = try bench.finish(first, JobEnding(.succeeded))
        #expect(try next()?.id == "a3")
    }

    @Test("The rule that names an owner wins over that for anyone else; a job of unknown owner has none")
    func rules() throws {
        let rules = try configuration("owners: [{owner: \"*\", steps: 10}, {owner: root, steps: 20}, {owner: 7}]")
        #expect(rules.rule(forOwner: 0)?.steps == 20)
        #expect(rules.rule(forOwner: 7)?.owner.uid == 7 && rules.rule(forOwner: 7)?.steps == nil)
        #expect(rules.rule(forOwner: 8)?.steps == 10)
        #expect(rules.rule(forOwner: nil) == nil)
        #expect(try configuration("owners: [{owner: 7}]").rule(forOwner: 8) == nil)
    }

    @Test("A manifest with a higher priority than its owner may ask for is rejected, at its place")
    func priority() throws {
        let folder = try ScratchFolder()
        try folder.write("{}\n", to: "rows.jsonl")
        try folder.write("x", to: "base.gguf")
        let text = """
            name: a
            priority: 100
            base: {path: \(folder.path)/base.gguf, sha256: \(String(repeating: "a", count: 64))}
            dataset: \(folder.path)/rows.jsonl

            """
        try folder.write(text, to: "a.yaml")
        var rules = try configuration("allowed_roots: [\(folder.path)]\nowners: [{owner: \"*\", priority: 10}]")
        func verdict() -> ManifestVerdict? {
            let rule = rules.rule(forOwner: 1)
            let order = IntakeOrder(.inspect(path: folder.path + "/a.yaml", name: "a.yaml", rule: rule), rules)
            guard case .inspected(let inspection) = IntakeDesk.answer(order) else { return nil }
            return inspection.verdict
        }
        #expect(
            verdict()
                == .rejected(diagnostics: [
                    "a.yaml:2:11: priority is 100; the rule for its owner in lorad.yaml allows at most 10"
                ]))
        rules.owners[0].priority = 100
        let inputs = ["base.gguf", "rows.jsonl"].map { "\(folder.path)/\($0)" }
        #expect(verdict() == .accepted(name: "a", notify: [], priority: 100, inputs: inputs))
    }
}

import Digests
import Foundation
import Ledger
import Registry
import Reports
import Testing

@Suite("What retention may not remove")
struct VersionRetentionTests {
    private func run(_ day: Int) -> String { "sentiment/\(RegistryBench.run(day))" }

    private func parent(_ day: Int) -> ParentProvenance {
        ParentProvenance(
            initFrom: "sentiment@\(day)", path: run(day),
            sha256: SHA256.hexadecimal(of: Data("weights of \(run(day))".utf8)))
    }

    /// Four nights, each of which goes on from the one before.
    private func bench() throws -> (RegistryBench, VersionRetention) {
        let bench = try RegistryBench()
        try bench.publish(1)
        for day in 2...4 { try bench.publish(day, parent: parent(day - 1)) }
        try bench.registry.follow("sentiment")
        return (bench, VersionRetention(ledger: bench.bench.ledger, outbox: bench.outbox))
    }

    @Test("The parent of a version that stays does; that one's own parent may go")
    func parents() throws {
        let (bench, retention) = try bench()
        defer { withExtendedLifetime(bench) {} }
        #expect(try retention.indispensable(among: Set((1...3).map(run))) == [run(3)])
        #expect(try retention.indispensable(among: Set((1...2).map(run))) == [run(2)])
        #expect(try retention.indispensable(among: [run(4)]).isEmpty)
    }

    @Test("What an alias leads to stays, `previous` as well, and so do the parents of these")
    func aliased() throws {
        let (bench, retention) = try bench()
        try bench.promote(1)
        try bench.promote(3)
        #expect(try retention.aliased() == [run(1), run(3)])
        #expect(try retention.indispensable(among: Set((1...4).map(run))) == [run(1), run(2), run(3)])
    }

    @Test("What stays for another reason keeps its parent too, and one of another name counts")
    func others() throws {
        let (bench, retention) = try bench()
        #expect(
            try retention.indispensable(among: Set((1...4).map(run)), alsoKept: [run(2)]) == [run(1), run(2)])
        try bench.publish(5, in: "other", parent: parent(1))
        try bench.registry.follow("other")
        #expect(try retention.indispensable(among: Set((1...3).map(run))) == [run(1), run(3)])
    }
}

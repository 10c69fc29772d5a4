import Foundation
import Ledger
import Manifests
import Registry
import Synchronization
import TestSupport
import Testing

@Suite("Runs that are promoted by themselves")
struct JudgedTests {
    private func bench(_ days: ClosedRange<Int> = 1...3) throws -> RegistryBench {
        let bench = try RegistryBench()
        for day in days { try bench.publish(day) }
        return bench
    }

    private func promote(_ day: Int, judgedBy judged: AliasTarget?, by: String = "job", _ bench: RegistryBench) throws
        -> JudgedPromotion
    {
        try bench.registry.promote(
            run: "\(bench.outbox)/sentiment/\(RegistryBench.run(day))", of: "sentiment", judgedBy: judged, by: by)
    }

    @Test("A run takes the place of the champion that it was judged by, the first one that of nothing")
    func promoted() throws {
        let bench = try bench()
        #expect(try promote(1, judgedBy: nil, by: "job 1", bench) == .promoted(bench.version(1)))
        #expect(try promote(2, judgedBy: .version(1), by: "job 2", bench) == .promoted(bench.version(2)))
        #expect(try bench.target("champion") == .version(2) && bench.target("previous") == .version(1))
        _ = try bench.registry.rollback("sentiment", to: .base, by: "tester")
        #expect(try promote(3, judgedBy: .base, by: "job 3", bench) == .promoted(bench.version(3)))
    }

    @Test("Where the champion is another by then, the run becomes a candidate and nothing else moves")
    func overtaken() throws {
        let bench = try bench()
        try bench.promote(1)
        try bench.promote(2)
        let outcome = try promote(3, judgedBy: .version(1), bench)
        guard case .candidate(let version, let why) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(version.number == 3 && why.contains("not where it was"))
        #expect(try bench.target("champion") == .version(2) && bench.target("candidate") == .version(3))
        let move = try bench.registry.moves(of: "sentiment", alias: "candidate").first
        #expect(move?.by == "job" && move?.reason?.contains("not where it was") == true)
    }

    @Test("What speaks against a promotion by hand makes a run a candidate: another base, nothing scored")
    func objections() throws {
        let bench = try bench(1...1)
        try bench.publish(2, base: String(repeating: "c", count: 64))
        try bench.publish(3, isScored: false)
        try bench.promote(1)
        for (day, word) in [(2, "It is for the base cccccccccccc"), (3, "Nothing was scored")] {
            guard case .candidate(_, let why) = try promote(day, judgedBy: .version(1), by: "job \(day)", bench) else {
                Issue.record("\(day) was promoted")
                continue
            }
            #expect(why.contains(word))
            #expect(try bench.target("champion") == .version(1) && bench.target("candidate") == .version(day))
        }
    }

    @Test("Doing it again after a crash is doing it once, wherever the champion was moved meanwhile")
    func again() throws {
        let bench = try bench()
        _ = try promote(1, judgedBy: nil, by: "job 1", bench)
        try bench.promote(2)
        let moves = try bench.registry.moves(of: "sentiment").count
        #expect(try promote(1, judgedBy: nil, by: "job 1", bench) == .promoted(bench.version(1)))
        _ = try promote(3, judgedBy: .version(1), by: "job 3", bench)
        guard case .candidate = try promote(3, judgedBy: .version(1), by: "job 3", bench) else {
            Issue.record("the candidate of before was forgotten")
            return
        }
        #expect(try bench.registry.moves(of: "sentiment").count == moves + 1)
        #expect(try bench.target("champion") == .version(2))
    }

    @Test("A run that is not there is promoted by nobody")
    func unknown() throws {
        let bench = try bench(1...1)
        #expect(try promote(9, judgedBy: nil, bench) == .unknown)
        #expect(try bench.registry.known("sentiment").aliases.isEmpty)
    }

    @Test("A move is told once, with where it led and leads; the move of previous, and none at all, are told to nobody")
    func told() throws {
        let bench = try bench()
        let heard = Heard()
        let registry = Registry(ledger: bench.bench.ledger, outbox: bench.outbox, announcer: heard)
        _ = try registry.promote("sentiment", to: .version(1), by: "tester")
        _ = try registry.promote("sentiment", to: .version(2), by: "tester", reason: "better")
        _ = try registry.promote("sentiment", to: .version(2), by: "tester")
        _ = try registry.rollback("sentiment", to: .base, by: "tester")
        #expect(heard.told == ["champion nil>1", "champion 1>2", "champion 2>base"])
        let deliveries = try bench.bench.ledger.deliveries()
        #expect(deliveries.map(\.alias) == Array(repeating: "sentiment@champion", count: 3))
        #expect(deliveries.allSatisfy { $0.job == nil && $0.event == "alias.moved" && $0.state == .pending })
        // What is refused is told to nobody.
        #expect(throws: RegistryError.self) { try registry.promote("sentiment", to: .version(9), by: "tester") }
        #expect(heard.told.count == 3)
    }
}

/// Remembers the moves that it was told of, and has each delivered to one hook.
private final class Heard: AliasAnnouncer {
    private let moves = Mutex<[String]>([])

    var told: [String] { moves.withLock { moves in moves.map { $0 } } }

    func deliveries(
        of move: AliasMove, name: String, from: AdapterVersion?, to: AdapterVersion?, disabled: Set<String>
    ) -> [NewDelivery] {
        func words(_ version: AdapterVersion?, _ target: AliasTarget?) -> String {
            version.map { String($0.number) } ?? (target == .base ? "base" : "nil")
        }
        moves.withLock { $0.append("\(move.alias) \(words(from, move.from))>\(words(to, move.to))") }
        return [NewDelivery(hook: "chat", kind: "generic", body: "{}")]
    }
}

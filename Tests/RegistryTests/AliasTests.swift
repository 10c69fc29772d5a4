import Common
import Foundation
import Ledger
import Manifests
import Publication
import Registry
import TestSupport
import Testing

@Suite("Aliases")
struct AliasTests {
    private func bench(_ days: ClosedRange<Int> = 1...3) throws -> RegistryBench {
        let bench = try RegistryBench()
        for day in days { try bench.publish(day) }
        return bench
    }

    /// Ledger, link and mirror say the same of every alias.
    private func expectAgreement(_ bench: RegistryBench, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let entry = try bench.registry.known("sentiment")
        let mirrored = try #require(try bench.mirror()["aliases"] as? [String: [String: Any]])
        #expect(Set(mirrored.keys) == Set(entry.aliases.map(\.alias)), sourceLocation: sourceLocation)
        for alias in entry.aliases {
            let run = entry.version(alias.target.number).map { String($0.run.dropFirst("sentiment/".count)) }
            #expect(bench.link(alias.alias) == run, sourceLocation: sourceLocation)
            #expect(mirrored[alias.alias]?["version"] as? Int == alias.target.number, sourceLocation: sourceLocation)
            #expect(mirrored[alias.alias]?["base"] as? Bool == (alias.target == .base), sourceLocation: sourceLocation)
        }
    }

    @Test("A promotion moves ledger, link and registry.json, and previous is where champion was")
    func promote() throws {
        let bench = try bench()
        let first = try bench.promote(1)
        #expect(first.from == nil && first.to == .version(1))
        #expect(try bench.target("previous") == nil)
        try bench.promote(3)
        #expect(try bench.target("champion") == .version(3) && bench.target("previous") == .version(1))
        try bench.promote(2, alias: "candidate")
        try expectAgreement(bench)
        // Nothing is moved, and nothing remembered, where it leads there already.
        let moves = try bench.registry.moves(of: "sentiment").count
        #expect(try bench.promote(3).isRepeated)
        #expect(try bench.registry.moves(of: "sentiment").count == moves)
        #expect(try bench.target("previous") == .version(1))
    }

    @Test("A rollback goes where it was, twice is back again; to any version, and to the base")
    func rollback() throws {
        let bench = try bench()
        try bench.promote(1)
        try bench.promote(2)
        func back(_ target: AliasTarget? = nil) throws -> AliasTarget {
            try bench.registry.rollback("sentiment", to: target, by: "tester", reason: "worse").to
        }
        #expect(try back() == .version(1))
        #expect(try back() == .version(2))
        #expect(try back(.version(3)) == .version(3))
        #expect(try back(.base) == .base)
        #expect(bench.link("champion") == nil && bench.link("previous") == RegistryBench.run(3))
        try expectAgreement(bench)
        #expect(try back() == .version(3))
        let history = try bench.registry.moves(of: "sentiment", alias: "champion")
        #expect(
            history.map(\.to) == [.version(3), .base, .version(3), .version(2), .version(1), .version(2), .version(1)])
        #expect(
            history.first?.reason == "worse" && history.last?.from == nil && history.allSatisfy { $0.by == "tester" })
    }

    @Test("The first champion rolls back to the bare base")
    func firstChampion() throws {
        let bench = try bench()
        try bench.promote(1)
        #expect(try bench.registry.rollback("sentiment", by: "tester").to == .base)
        try expectAgreement(bench)
    }

    @Test("To files that are missing or altered nothing leads, and whole versions are named")
    func damaged() throws {
        let bench = try bench(1...4)
        try bench.promote(1)
        try bench.promote(2)
        try bench.write("other", to: "sentiment/\(RegistryBench.run(1))/adapter_model.safetensors")
        let refusal = #expect(throws: RegistryError.self) {
            try bench.registry.rollback("sentiment", by: "tester")
        }
        #expect(refusal?.code == .refused)
        #expect(refusal?.message.contains("sentiment@1") == true)
        #expect(refusal?.message.contains("adapter_model.safetensors is changed") == true)
        #expect(refusal?.advice == "Whole are sentiment@4, sentiment@3, sentiment@2.")
        try FileManager.default.removeItem(atPath: "\(bench.outbox)/sentiment/\(RegistryBench.run(3))")
        #expect(throws: RegistryError.self) { try bench.promote(3) }
        #expect(try bench.target("champion") == .version(2))
        try expectAgreement(bench)
    }

    @Test(
        "What was not scored, or is for another base, is promoted with force and a reason alone, which are remembered")
    func objections() throws {
        let bench = try bench(1...1)
        try bench.publish(2, isScored: false)
        try bench.publish(3, base: String(repeating: "c", count: 64))
        try bench.promote(1)
        for (number, words) in [(2, "Nothing was scored"), (3, "It is for the base cccccccccccc")] {
            let refusal = #expect(throws: RegistryError.self) { try bench.promote(number) }
            #expect(refusal?.code == .refused && refusal?.cause?.contains(words) == true)
            #expect(throws: RegistryError.self) {
                try bench.registry.promote("sentiment", to: .version(number), by: "tester", reason: "", force: true)
            }
        }
        #expect(try bench.target("champion") == .version(1))
        let forced = try bench.registry.promote(
            "sentiment", to: .version(3), by: "tester", reason: "new base", force: true)
        #expect(forced.objections.count == 1)
        let move = try bench.registry.moves(of: "sentiment", alias: "champion").first
        #expect(move?.isForced == true && move?.reason == "new base")
        // Force that was not needed is not remembered as such.
        _ = try bench.registry.promote("sentiment", to: .base, by: "tester", reason: "off", force: true)
        #expect(try bench.registry.moves(of: "sentiment", alias: "champion").first?.isForced == false)
    }

    @Test("A chat template other than that of what serves is an objection; none, and the same, are not")
    func template() throws {
        let bench = try RegistryBench()
        let templates = ["a", "a", "d", nil].map { $0.map { String(repeating: $0, count: 64) } }
        for (index, template) in templates.enumerated() { try bench.publish(index + 1, template: template) }
        for number in [1, 2] { try bench.promote(number) }
        let refusal = #expect(throws: RegistryError.self) { try bench.promote(3) }
        let cause = try #require(refusal?.cause)
        #expect(cause.contains("chat template dddddddddddd…") && cause.contains("sentiment@2 with aaaaaaaaaaaa…"))
        #expect(try bench.target("champion") == .version(2))
        try bench.promote(4)
        try bench.promote(3)
        #expect(try bench.target("champion") == .version(3))
    }

    @Test(
        "Names that no alias has, and previous, are not moved by hand",
        arguments: ["base", "latest", "rejected", "previous", "Champion", "1st", "", "a/b", "..", "a.b"])
    func names(alias: String) throws {
        let bench = try bench()
        let error = #expect(throws: RegistryError.self) { try bench.promote(1, alias: alias) }
        #expect(error?.code == .malformed)
        #expect(try bench.registry.known("sentiment").aliases.isEmpty)
    }

    @Test("Something else than a link in an alias's place is left alone, and nothing is moved")
    func noLink() throws {
        let bench = try bench()
        try bench.write("mine", to: "sentiment/champion")
        #expect(throws: PublicationError.self) { try bench.promote(1) }
        #expect(try bench.registry.known("sentiment").aliases.isEmpty)
    }

    @Test("A move that was cut off after the ledger is made good by whoever comes next")
    func healed() throws {
        let bench = try bench()
        try bench.promote(1)
        let outcome = try bench.bench.ledger.move(
            [AliasChange("champion", from: .version(1), to: .version(2))], of: "sentiment", by: "killed",
            announcer: NobodyTold())
        #expect(outcome == .moved && bench.link("champion") == RegistryBench.run(1))
        try bench.registry.follow("sentiment")
        #expect(bench.link("champion") == RegistryBench.run(2))
        // And what somebody did to the link or the mirror by hand.
        unlink("\(bench.outbox)/sentiment/champion")
        unlink("\(bench.outbox)/sentiment/registry.json")
        try expectAgreement(bench)
    }

    @Test("Of two who saw the same and move it at the same time, one does")
    func concurrent() throws {
        let bench = try bench(1...2)
        try bench.promote(1, alias: "candidate")
        let ledger = bench.bench.ledger
        func move(_ number: Int) throws -> AliasOutcome {
            try ledger.move(
                [AliasChange("champion", from: nil, to: .version(number))], of: "sentiment", by: "tester",
                announcer: NobodyTold())
        }
        #expect(try move(1) == .moved)
        #expect(try move(2) == .elsewhere(alias: "champion", .version(1)))
        #expect(try bench.target("champion") == .version(1))
        #expect(try bench.registry.moves(of: "sentiment", alias: "champion").count == 1)
    }

    @Test("Of several moves one that cannot be done undoes all")
    func allOrNothing() throws {
        let bench = try bench(1...2)
        let ledger = bench.bench.ledger
        try bench.registry.follow("sentiment")
        let changes = [
            AliasChange("champion", from: nil, to: .version(1)), AliasChange("candidate", from: nil, to: .version(9)),
        ]
        #expect(
            try ledger.move(changes, of: "sentiment", by: "tester", announcer: NobodyTold()) == .unusable(version: 9))
        #expect(try ledger.aliases(of: "sentiment").isEmpty && ledger.aliasMoves(of: "sentiment").isEmpty)
    }

    @Test("A retired version is promoted no more; one that an alias leads to is not retired")
    func retired() throws {
        let bench = try bench()
        try bench.promote(1)
        func retire(_ number: Int) throws -> AdapterVersion {
            try bench.registry.retire(VersionReference(name: "sentiment", .number(number)), reason: "worse")
        }
        let refusal = #expect(throws: RegistryError.self) { try retire(1) }
        #expect(refusal?.code == .refused && refusal?.message.contains("champion") == true)
        #expect(try retire(2).retirement?.reason == "worse")
        #expect(throws: RegistryError.self) { try bench.promote(2) }
        let mirrored = try #require(try bench.mirror()["versions"] as? [[String: Any]])
        #expect(mirrored.map { $0["retired_at"] != nil } == [false, true, false])
    }

    @Test(
        "A reason is a sentence: neither nothing nor a book",
        arguments: ["", "  \n", String(repeating: "x", count: 1_001)])
    func reasons(reason: String) throws {
        let bench = try bench()
        try bench.promote(1)
        let wrong = [
            #expect(throws: RegistryError.self) {
                try bench.registry.promote("sentiment", to: .version(2), by: "tester", reason: reason)
            },
            #expect(throws: RegistryError.self) {
                try bench.registry.rollback("sentiment", by: "tester", reason: reason)
            },
            #expect(throws: RegistryError.self) {
                try bench.registry.retire(VersionReference(name: "sentiment", .number(3)), reason: reason)
            },
        ]
        #expect(wrong.allSatisfy { $0?.code == .malformed })
        #expect(try bench.registry.moves(of: "sentiment").count == 1)
        #expect(try bench.registry.known("sentiment").versions.allSatisfy { $0.retirement == nil })
    }

    @Test("No alias leads to a whole model, forced or not, and nothing moves")
    func model() throws {
        let bench = try bench()
        try bench.promote(1)
        _ = try bench.publish(9, method: "full")
        let number = try #require(try bench.registry.known("sentiment").versions.last?.number)
        for force in [false, true] {
            let error = #expect(throws: RegistryError.self) {
                try bench.registry.promote(
                    "sentiment", to: .version(number), by: "ann", reason: "because", force: force)
            }
            #expect(error?.code == .refused && error?.message.contains("is a whole model") == true)
            #expect(error?.advice?.hasSuffix("/model.") == true)
        }
        #expect(throws: RegistryError.self) {
            try bench.registry.rollback("sentiment", to: .version(number), by: "ann")
        }
        #expect(try bench.registry.known("sentiment").target(of: "champion") == .version(1))
        #expect(try bench.registry.moves(of: "sentiment").count == 1)
    }

    @Test("Where the outbox is away, nothing is made in its place")
    func unmounted() throws {
        let bench = try bench()
        try bench.promote(1)
        try FileManager.default.moveItem(atPath: bench.outbox, toPath: bench.outbox + "-away")
        let entry = try bench.registry.follow("sentiment")
        #expect(entry.versions.count == 3 && entry.target(of: "champion") == .version(1))
        #expect(!FileManager.default.fileExists(atPath: bench.outbox))
    }
}

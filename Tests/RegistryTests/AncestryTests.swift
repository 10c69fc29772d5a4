import Digests
import Foundation
import Registry
import Reports
import Testing

@Suite("What a version went on from")
struct AncestryTests {
    private func parent(_ day: Int) -> ParentProvenance {
        let run = "sentiment/\(RegistryBench.run(day))"
        return ParentProvenance(
            initFrom: "sentiment@\(day)", path: run, sha256: SHA256.hexadecimal(of: Data("weights of \(run)".utf8)))
    }

    @Test("The line leads to its first, and tells one that is no version by where it lay")
    func line() throws {
        let bench = try RegistryBench()
        try bench.publish(1, parent: ParentProvenance(initFrom: "elsewhere", path: "elsewhere", sha256: "ff"))
        try bench.publish(2, parent: parent(1))
        try bench.publish(3, parent: parent(2))
        try bench.registry.follow("sentiment")
        let line = try bench.registry.ancestry(of: bench.version(3))
        #expect(line.map(\.version?.number) == [2, 1, nil])
        #expect(line.map(\.path).last == "elsewhere")
    }

    @Test("Reports that were edited to lead in a circle end the line before an adapter that it has", arguments: 1...3)
    func circle(_ length: Int) throws {
        let bench = try RegistryBench()
        for day in 1...length { try bench.publish(day, parent: parent(day % length + 1)) }
        try bench.registry.follow("sentiment")
        let line = try bench.registry.ancestry(of: bench.version(1))
        #expect(line.map(\.version?.number) == Array(2..<(length + 1)))
    }

    @Test("Nor does a circle that does not lead back to the version itself have no end")
    func circleBefore() throws {
        let bench = try RegistryBench()
        try bench.publish(1, parent: parent(2))
        try bench.publish(2, parent: parent(1))
        try bench.publish(3, parent: parent(2))
        try bench.registry.follow("sentiment")
        #expect(try bench.registry.ancestry(of: bench.version(3)).map(\.version?.number) == [2, 1])
    }
}

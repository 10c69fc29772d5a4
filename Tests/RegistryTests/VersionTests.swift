import Foundation
import Ledger
import Manifests
import Registry
import TestSupport
import Testing

@Suite("Versions")
struct VersionTests {
    @Test("Succeeded runs are numbered in their order, and keep their numbers; failed ones are none")
    func numbers() throws {
        let bench = try RegistryBench()
        try bench.publish(3)
        try bench.publish(1)
        try bench.publish(2, suffix: "-failed")
        let first = try bench.registry.follow("sentiment")
        #expect(first.versions.map(\.number) == [1, 2])
        #expect(first.versions.map(\.run) == [1, 3].map { "sentiment/\(RegistryBench.run($0))" })
        // One that is found later gets the next number, whenever it was begun.
        try bench.publish(2)
        let second = try bench.registry.follow("sentiment")
        #expect(second.versions.prefix(2) == first.versions.prefix(2))
        #expect(second.versions.last?.run == "sentiment/\(RegistryBench.run(2))")
        // What is removed keeps its number, and nobody else gets it.
        try FileManager.default.removeItem(atPath: "\(bench.outbox)/\(second.versions[2].run)")
        try bench.publish(4)
        let third = try bench.registry.follow("sentiment")
        #expect(third.versions.map(\.number) == [1, 2, 3, 4])
        #expect(third.versions.map(bench.registry.isThere) == [true, true, false, true])
        #expect(try bench.registry.follow("sentiment").versions == third.versions)
    }

    @Test("Nights that an earlier lorad published in folders of their own are versions of the name")
    func nights() throws {
        let bench = try RegistryBench()
        try bench.publish(1, in: "sentiment-20261101t0000z")
        try bench.publish(2)
        #expect(try bench.registry.names() == ["sentiment"])
        #expect(try bench.registry.follow("sentiment").versions.count == 2)
        try bench.promote(1)
        #expect(bench.link("champion") == "../sentiment-20261101t0000z/\(RegistryBench.run(1))")
    }

    @Test("A run whose report cannot be read is no version, and is named")
    func unreadable() throws {
        let bench = try RegistryBench()
        let run = try bench.publish(1)
        try bench.write("{", to: run + "/report.json")
        let entry = try bench.registry.follow("sentiment")
        #expect(entry.versions.isEmpty && entry.unreadable == [run])
        let error = #expect(throws: RegistryError.self) { try bench.registry.known("sentiment") }
        #expect(error?.code == .missing && error?.cause?.contains(run) == true)
    }

    @Test("A version is found by number, alias, and the beginning of its digest")
    func references() throws {
        let bench = try RegistryBench()
        for day in 1...3 { try bench.publish(day) }
        try bench.promote(2)
        func number(_ text: String) throws -> Int { try bench.registry.version(VersionReference(text)).number }
        let digest = try bench.registry.known("sentiment").versions[2].digest
        #expect(try number("sentiment@1") == 1)
        #expect(try number("sentiment@champion") == 2)
        #expect(try number("sentiment@sha256:\(digest)") == 3)
        #expect(try number("sentiment@sha256:\(digest.prefix(12).uppercased())") == 3)
    }

    @Test(
        "What there is not is refused, with what there is",
        arguments: [
            ("sentiment@7", RegistryErrorCode.missing, "1 to 3"), ("sentimant@1", .missing, "sentiment"),
            ("sentiment@champoin", .missing, "sentiment@champion"),
            ("sentiment@sha256:00000000", .missing, "SHA256SUMS"),
            ("sentiment@base", .refused, "Leave the adapter out"),
        ])
    func absent(text: String, code: RegistryErrorCode, advice: String) throws {
        let bench = try RegistryBench()
        for day in 1...3 { try bench.publish(day) }
        try bench.promote(2)
        let error = #expect(throws: RegistryError.self) { try bench.registry.version(VersionReference(text)) }
        #expect(error?.code == code)
        #expect(error?.advice?.contains(advice) == true, "\(error?.advice ?? "")")
    }

    @Test(
        "What is no reference is wrong usage",
        arguments: [
            "sentiment@", "@1", "a@b@c", "sentiment@0", "sentiment@01", "sentiment@1x", "sentiment@Champion",
            "sentiment@latest", "a..b@1", "Sentiment@1", ".a@1", "sentiment@sha256:", "sentiment@sha256:12345",
            "sentiment@sha256:xyzxyzxyz", "a b@1",
        ])
    func malformed(text: String) {
        let error = #expect(throws: RegistryError.self) { try VersionReference(text) }
        #expect(error?.code == .malformed)
        #expect(VersionReference.isMeant(by: text))
    }

    @Test("A path is no reference")
    func paths() {
        for path in ["outbox/a@b/latest", "./a@1", "adapter", ""] { #expect(!VersionReference.isMeant(by: path)) }
    }

    @Test("An adapter is not handed out where its list of checksums is another one, it is gone, or it is retired")
    func adapters() throws {
        let bench = try RegistryBench()
        let runs = try (1...3).map { try bench.publish($0) }
        func folder(_ number: Int) throws -> String {
            try bench.registry.adapterFolder(VersionReference(name: "sentiment", .number(number)))
        }
        for number in 1...3 { #expect(try folder(number) == "\(bench.outbox)/\(runs[number - 1])") }
        try bench.write("0  x\n", to: runs[0] + "/SHA256SUMS")
        try FileManager.default.removeItem(atPath: "\(bench.outbox)/\(runs[1])")
        _ = try bench.registry.retire(VersionReference(name: "sentiment", .number(3)), reason: "leaked a name")
        let errors = (1...3).map { number in #expect(throws: RegistryError.self) { try folder(number) } }
        #expect(errors.allSatisfy { $0?.code == .refused })
        #expect(errors[0]?.message.contains("SHA256SUMS") == true)
        #expect(errors[1]?.message.contains("is not there") == true)
        #expect(errors[2]?.message.contains("retired") == true && errors[2]?.cause == "leaked a name")
    }
}

import Foundation
import Ledger
import Manifests
import Registry
import TestSupport
import Testing

@Suite("Tags, notes, and imported versions")
struct RemarkTests {
    private let first = VersionReference(name: "sentiment", .number(1))

    private func bench() throws -> RegistryBench {
        let bench = try RegistryBench()
        try bench.publish(1)
        try bench.publish(2)
        return bench
    }

    private func tags(_ bench: RegistryBench, _ number: Int = 1) throws -> [String: String?] {
        let tags = try bench.registry.known("sentiment").tags(of: bench.version(number))
        return Dictionary(uniqueKeysWithValues: tags.map { ($0.key, $0.value) })
    }

    @Test("A tag stands until it is set anew or taken away, on its version alone, and every change is remembered")
    func tags() throws {
        let bench = try bench()
        try bench.registry.addTags(first, ["approved", "region=eu"], by: "ann")
        try bench.registry.addTags(first, ["region=us"], by: "bob")
        // What stands already is not said again.
        try bench.registry.addTags(first, ["region=us"], by: "cid")
        #expect(try tags(bench) == ["approved": nil, "region": "us"])
        #expect(try tags(bench, 2).isEmpty)
        let region = try #require(
            try bench.registry.known("sentiment").tags(of: bench.version(1)).first { $0.key == "region" })
        #expect(region.by == "bob")
        try bench.registry.untag(first, ["approved"], by: "ann")
        #expect(try tags(bench) == ["region": "us"])
        let remarks = try bench.registry.remarks(of: "sentiment")
        #expect(remarks.map(\.kind) == [.untag, .tag, .tag, .tag])
        #expect(remarks.map(\.by) == ["ann", "bob", "ann", "ann"])
    }

    @Test("Tags and notes stand in registry.json, with who and when")
    func mirrored() throws {
        let bench = try bench()
        try bench.registry.addTags(first, ["region=eu"], by: "ann")
        try bench.registry.addNote(first, "Reads refunds better.", by: "bob")
        let versions = try #require(try bench.mirror()["versions"] as? [[String: Any]])
        let tag = try #require((versions[0]["tags"] as? [String: [String: Any]])?["region"])
        #expect(tag["value"] as? String == "eu" && tag["set_by"] as? String == "ann" && tag["set_at"] != nil)
        let note = try #require((versions[0]["notes"] as? [[String: Any]])?.first)
        #expect(note["text"] as? String == "Reads refunds better." && note["written_by"] as? String == "bob")
        #expect(versions[1]["tags"] == nil && versions[1]["notes"] == nil && versions[0]["imported"] == nil)
        #expect(
            try bench.registry.known("sentiment").notes(of: bench.version(1)).map(\.text) == ["Reads refunds better."])
    }

    @Test(
        "What is no tag is refused with what one looks like",
        arguments: ["", "=x", "Big", "1st", "a b", "a=", "a=b\nc", "a=" + String(repeating: "x", count: 257)])
    func malformed(tag: String) throws {
        let bench = try bench()
        let error = #expect(throws: RegistryError.self) { try bench.registry.addTags(first, ["good", tag], by: "ann") }
        #expect(error?.code == .malformed)
        #expect(try bench.registry.remarks(of: "sentiment").isEmpty)
    }

    @Test("A tag that there is not is not taken away, and the closest is named; a version has so many at most")
    func bounds() throws {
        let bench = try bench()
        try bench.registry.addTags(first, ["region=eu"], by: "ann")
        let error = #expect(throws: RegistryError.self) {
            try bench.registry.untag(first, ["regoin"], by: "ann")
        }
        #expect(error?.code == .missing && error?.advice == "Did you mean region?")
        let many = (0..<64).map { "t\($0)" }
        #expect(throws: RegistryError.self) { try bench.registry.addTags(first, many, by: "ann") }
        try bench.registry.addTags(first, Array(many.dropLast()), by: "ann")
        #expect(try tags(bench).count == 64)
        for text in ["", "  \n", String(repeating: "x", count: 1_001)] {
            let error = #expect(throws: RegistryError.self) { try bench.registry.addNote(first, text, by: "ann") }
            #expect(error?.code == .malformed)
        }
    }

    @Test("An imported version is promoted with force alone until it is proven, and its history says all of it")
    func imported() throws {
        let bench = try bench()
        try bench.publishImport(3)
        let version = try bench.version(3)
        #expect(version.standing == .unverified && version.baseSHA256 == String(repeating: "b", count: 64))
        let refusal = #expect(throws: RegistryError.self) { try bench.promote(3) }
        #expect(refusal?.code == .refused && refusal?.cause?.contains("has not passed parity") == true)
        #expect(refusal?.cause?.contains("Nothing was scored") == false)
        #expect(try (bench.mirror()["versions"] as? [[String: Any]])?[2]["imported"] as? String == "unverified")
        _ = try bench.registry.promote(
            "sentiment", to: .version(3), alias: "candidate", by: "ann", reason: "to look at", force: true)

        #expect(try bench.registry.recordProof(of: version, by: "ann"))
        #expect(try !bench.registry.recordProof(of: version, by: "ann"))
        #expect(try bench.version(3).standing == .verified)
        #expect(try bench.promote(3).objections.isEmpty)
        #expect(try (bench.mirror()["versions"] as? [[String: Any]])?[2]["imported"] as? String == "verified")
        let remarks = try bench.registry.remarks(of: "sentiment")
        #expect(remarks.map(\.kind) == [.verified, .imported])
        #expect(remarks.last?.by == "importer" && remarks.last?.text == "/elsewhere/adapter")
        // A run is proven before it is published: there is nothing to record.
        #expect(try !bench.registry.recordProof(of: bench.version(1), by: "ann"))
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("A base that is updated, by the built program", .serialized)
struct BaseUpdateTests {
    private func outdated(_ lorad: LoradProcess, _ arguments: String...) throws -> [JSONValue] {
        let outcome = try lorad.run(["registry", "outdated", "--base", "base", "--json"] + arguments)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try #require(try JSONReader.parse(outcome.output, name: "answer")["adapters"]?.arrayValue)
    }

    /// The base with other bytes in its place: another version of the same model.
    private func update(_ lorad: LoradProcess) throws {
        let config = try lorad.read("base/config.json")
        let updated = config.replacing("\"rms_norm_eps\": 1e-05", with: "\"rms_norm_eps\": 1e-06")
        try lorad.write(updated, to: "base/config.json")
        #expect(try lorad.read("base/config.json") != config)
    }

    @Test(
        "Names whose adapters were trained on the bytes before are listed, trained anew from the inbox, and then are not"
    )
    func updated() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            #expect(try outdated(lorad).isEmpty)
            let old = try lorad.hash()
            let manifest = lorad.manifest(sha256: old, steps: 3, extra: "promote: auto")
            try lorad.write(manifest, to: "job.yaml")
            for name in ["tiny", "other"] {
                #expect(try lorad.run("run", "job.yaml", "--set", "name=\(name)").status == 0)
            }
            let second = ["run", "job.yaml", "--set", "adapter.init_from=tiny@1", "--set", "training.max_steps=8"]
            #expect(try lorad.run(second).status == 0)
            #expect(try outdated(lorad).isEmpty)

            try update(lorad)
            let found = try outdated(lorad)
            #expect(found.compactMap { $0["reference"]?.stringValue } == ["other@1", "tiny@2"])
            #expect(found.allSatisfy { $0["base_sha256"]?.stringValue == old })
            let enqueued = try outdated(lorad, "--enqueue")
            #expect(enqueued.compactMap { $0["status"]?.stringValue } == ["submitted", "submitted"])
            #expect(lorad.list("inbox").count == 2)
            #expect(try lorad.run("watch", "--once").status == 0)
            // Asked once more it trains nothing twice: there is a version for the base as it is now.
            let again = try outdated(lorad, "--enqueue")
            #expect(again.compactMap { $0["successor"]?.stringValue } == ["other@2", "tiny@3"])
            #expect(again.compactMap { $0["status"]?.stringValue } == ["left", "left"])
            let report = try JSONReader.parse(lorad.read("outbox/tiny/latest/report.json"), name: "report")
            #expect(report["provenance"]?["base"]?["sha256"]?.stringValue == (try lorad.hash()))
            #expect(report["provenance"]?["parent"] == nil)
            // The champion was for the base before: the new one waits for somebody.
            #expect(try lorad.run("registry", "promote", "tiny@3", "--force", "--reason", "base update").status == 0)
            #expect(try outdated(lorad).compactMap { $0["name"]?.stringValue } == ["other"])
        }
    }

    @Test("A base in a new place replaces one by its place or its hash, and the manifests name it")
    func moved() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let old = try lorad.hash()
            try lorad.write(lorad.manifest(sha256: old, steps: 2), to: "job.yaml")
            #expect(try lorad.run("run", "job.yaml").status == 0)
            try FileManager.default.moveItem(atPath: "\(folder)/base", toPath: "\(folder)/base-1")
            try FileManager.default.copyItem(atPath: "\(folder)/base-1", toPath: "\(folder)/base")
            try update(lorad)
            try FileManager.default.moveItem(atPath: "\(folder)/base", toPath: "\(folder)/base-2")
            func list(_ replaces: String) throws -> Int {
                let outcome = try lorad.run(
                    "registry", "outdated", "--base", "base-2", "--replaces", replaces, "--json")
                return try JSONReader.parse(outcome.output, name: "answer")["adapters"]?.arrayValue?.count ?? -1
            }
            #expect(try list("base") == 1 && list(String(old.prefix(12))) == 1 && list("elsewhere") == 0)
            #expect(
                try lorad.run("registry", "outdated", "--base", "base-2", "--replaces", "base", "--enqueue").status == 0
            )
            let file = try #require(lorad.list("inbox").first)
            #expect(try lorad.read("inbox/\(file)").contains("base-2"))
            #expect(try lorad.run("watch", "--once").status == 0)
            #expect(try list("base") == 0)
        }
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("lorad registry, by the built program", .serialized)
struct RegistryCommandTests {
    private func json(_ lorad: LoradProcess, _ arguments: String...) throws -> JSONValue {
        let outcome = try lorad.run(arguments + ["--json"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try JSONReader.parse(outcome.output, name: "answer")
    }

    private func generated(_ lorad: LoradProcess, adapter: String?) throws -> String {
        let prompt = ["generate", "--base", "base", "--prompt", "Review: it was", "--max-new-tokens", "6", "--json"]
        return try lorad.run(prompt + (adapter.map { ["--adapter", $0] } ?? [])).output
    }

    @Test(
        "A run and a worker's job are versions; promoted, used by name, rolled back to the same answers, and to the base"
    )
    func serves() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            #expect(try lorad.run("registry", "list").status == 66)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 3), to: "job.yaml")
            #expect(try lorad.run("run", "job.yaml").status == 0)
            #expect(try lorad.run("submit", "job.yaml", "--set", "training.seed=7").status == 0)
            #expect(try lorad.run("watch", "--once").status == 0)
            // Numbered as they ended, without anybody asking.
            let mirror = try JSONReader.parse(lorad.read("outbox/tiny/registry.json"), name: "mirror")
            #expect(mirror["versions"]?.arrayValue?.compactMap { $0["version"]?.intValue } == [1, 2])

            #expect(try lorad.run("registry", "promote", "tiny@1").status == 0)
            #expect(try json(lorad, "registry", "promote", "tiny@2")["moved"]?.boolValue == true)
            let (first, second) = try (generated(lorad, adapter: "tiny@1"), generated(lorad, adapter: "tiny@champion"))
            #expect(try second == generated(lorad, adapter: "outbox/tiny/champion"))
            #expect(try lorad.run("verify", "tiny@champion").status == 0)
            #expect(try lorad.run("registry", "rollback", "tiny", "--reason", "worse").status == 0)
            #expect(try generated(lorad, adapter: "tiny@champion") == first)
            #expect(try json(lorad, "registry", "rollback", "tiny", "--to", "base")["to"]?["base"]?.boolValue == true)
            #expect(!lorad.list("outbox/tiny").contains("champion"))
            let bare = try lorad.run(
                "generate", "--base", "base", "--adapter", "tiny@champion", "--prompt", "a")
            #expect(bare.status == 65 && bare.errors.contains("Leave the adapter out"), "\(bare.errors)")
            let moves = try json(lorad, "registry", "history", "tiny", "--alias", "champion").arrayValue ?? []
            #expect(moves.count == 4 && moves[1]["reason"]?.stringValue == "worse")

            let list = try json(lorad, "registry", "list", "tiny").arrayValue ?? []
            #expect(list.compactMap { $0["reference"]?.stringValue } == ["tiny@2", "tiny@1"])
            let digest = try #require(list.first?["sha256"]?.stringValue)
            #expect(try json(lorad, "registry", "show", "tiny@sha256:\(digest.prefix(8))")["version"]?.intValue == 2)
            #expect(try lorad.run("registry", "list").output.contains("champion base"))
        }
    }

    @Test("What is not as it was gets one message each, and nothing is moved")
    func damage() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "job.yaml")
            for settings in [["training.seed=1"], ["training.seed=2"], ["training.seed=3"], ["name=other"]] {
                #expect(try lorad.run(["run", "job.yaml"] + settings.flatMap { ["--set", $0] }).status == 0)
            }
            #expect(try lorad.run("registry", "promote", "tiny@1").status == 0)
            // Runs of one second are not sorted as their versions are.
            let runs = try (1...3).map { number in
                try #require(json(lorad, "registry", "show", "tiny@\(number)")["run_dir"]?.stringValue)
            }
            let other = try #require(lorad.list("outbox/other").first { $0.hasPrefix("20") })
            let digest = try #require(
                json(lorad, "registry", "show", "other@1")["sha256"]?.stringValue)
            // A moved folder, an edited file, and one that was put in another's place.
            try FileManager.default.moveItem(atPath: "\(folder)/\(runs[1])", toPath: "\(folder)/moved")
            try lorad.write("edited", to: "\(runs[2])/report.html")
            try FileManager.default.moveItem(atPath: "\(folder)/base", toPath: "\(folder)/renamed")
            let cases: [(arguments: [String], status: Int32, words: String)] = [
                (["registry", "promote", "tiny@candidat"], 66, "tiny has no alias candidat"),
                (["registry", "promote", "tiny@sha256:\(digest.prefix(8))"], 66, "No version of tiny has the digest"),
                (["registry", "promote", "tiny@2"], 65, "is not there"),
                (["registry", "promote", "tiny@3"], 65, "report.html is changed"),
                (["registry", "rollback", "tiny", "--to", "2"], 65, "is not there"),
                (["generate", "--base", "renamed", "--adapter", "tiny@2", "--prompt", "a"], 65, "is not there"),
                (["generate", "--base", "base", "--adapter", "tiny@1", "--prompt", "a"], 66, "base"),
                (["verify", "tiny@1"], 66, "base is not here"),
                (["registry", "tag", "tiny@9", "good"], 66, "tiny has no version 9"),
                (["registry", "tag", "tiny@1", "Good"], 64, "is no tag"),
                (["registry", "tag", "tiny@1", "good", "--remove"], 66, "has no tag \"good\""),
                (["registry", "note", "tiny@1", " "], 64, "A note has 1 to"),
                (["registry", "prune", "tini", "--keep", "1"], 66, "Did you mean tiny?"),
                (["registry", "prune"], 64, "Nothing says which runs stay"),
                (["registry", "outdated", "--base", "base"], 66, "base"),
            ]
            for (arguments, status, words) in cases {
                let outcome = try lorad.run(arguments)
                #expect(outcome.status == status, "\(arguments): \(outcome.status) \(outcome.errors)")
                #expect((outcome.errors + outcome.output).contains(words), "\(arguments): \(outcome.errors)")
            }
            #expect(try json(lorad, "registry", "history", "tiny").arrayValue?.count == 1)
            #expect(lorad.list("outbox/other").contains(other))
        }
    }

    @Test("Bad input gets one message and moves nothing")
    func refusals() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "job.yaml")
            #expect(try lorad.run("run", "job.yaml").status == 0)
            #expect(try lorad.run("registry", "promote", "tiny@1").status == 0)
            let run = try #require(lorad.list("outbox/tiny").first { $0.hasSuffix("Z") || $0.contains("Z-") })
            let cases: [(arguments: [String], status: Int32, words: String)] = [
                (["promote", "tiny@3"], 66, "tiny has no version 3"),
                (["promote", "tini@1"], 66, "Did you mean tiny?"),
                (["promote", "tiny"], 64, "is no reference"), (["rollback", "other"], 66, "no version of"),
                (["promote", "tiny@1", "--alias", "latest"], 64, "is no alias"),
                (["promote", "tiny@1", "--force"], 64, "--force needs a --reason"),
                (["rollback", "tiny", "--to", "x"], 64, "--to takes"), (["retire", "tiny@1"], 64, "--reason"),
                (["retire", "tiny@1", "--reason", "x"], 65, "champion leads to it"),
                (["rollback", "tiny", "--alias", "candidate"], 66, "no candidate"),
            ]
            for (arguments, status, words) in cases {
                let outcome = try lorad.run(["registry"] + arguments)
                #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
            }
            try lorad.write("{}", to: "outbox/tiny/\(run)/adapter_config.json")
            let altered = try lorad.run("registry", "promote", "tiny@1", "--alias", "candidate")
            #expect(altered.status == 65 && altered.errors.contains("adapter_config.json is changed"))
            #expect(try json(lorad, "registry", "history", "tiny").arrayValue?.count == 1)
        }
    }
}

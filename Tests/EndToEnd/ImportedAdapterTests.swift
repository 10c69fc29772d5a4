import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("An adapter from elsewhere, by the built program", .serialized)
struct ImportedAdapterTests {
    private func json(_ lorad: LoradProcess, _ arguments: String...) throws -> JSONValue {
        let outcome = try lorad.run(arguments + ["--json"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try JSONReader.parse(outcome.output, name: "answer")
    }

    /// A trained adapter's two files in a folder of their own.
    private func trained(_ lorad: LoradProcess) throws {
        try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 3), to: "job.yaml")
        try #require(try lorad.run("run", "job.yaml").status == 0)
        try FileManager.default.createDirectory(atPath: "\(lorad.folder)/elsewhere", withIntermediateDirectories: true)
        for file in ["adapter_config.json", "adapter_model.safetensors"] {
            try FileManager.default.copyItem(
                atPath: "\(lorad.folder)/outbox/tiny/latest/\(file)", toPath: "\(lorad.folder)/elsewhere/\(file)")
        }
    }

    @Test("It becomes a version with its own bytes, proven on its base, and serves as another does")
    func serves() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try trained(lorad)
            let answer = try json(lorad, "registry", "import", "elsewhere", "--base", "base", "--name", "tiny")
            #expect(answer["reference"]?.stringValue == "tiny@2" && answer["imported"]?.stringValue == "verified")
            let run = try #require(answer["run_dir"]?.stringValue)
            for file in ["adapter_config.json", "adapter_model.safetensors"] {
                #expect(
                    FileManager.default.contentsEqual(
                        atPath: "\(folder)/\(run)/\(file)", andPath: "\(folder)/elsewhere/\(file)"))
            }
            // `latest` is the last run that was trained.
            let latest = try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/outbox/tiny/latest")
            #expect(!run.hasSuffix(latest))
            #expect(try lorad.run("registry", "promote", "tiny@2").status == 0)
            func generated(_ adapter: String) throws -> String {
                try lorad.run(
                    "generate", "--base", "base", "--adapter", adapter, "--prompt", "Review: it was", "--json"
                ).output
            }
            #expect(try generated("tiny@champion") == generated("tiny@1"))
            #expect(try lorad.run("verify", "tiny@2").status == 0)
            #expect(
                try lorad.run("export", "tiny@2", "--base", "base", "--to", "peft", "--output", "exported").status == 0)
            #expect(try lorad.run("registry", "show", "tiny@2").output.contains("imported   from "))
            #expect(try lorad.run("registry", "ancestry", "tiny@2").output.contains("was imported from"))
            for command in [["registry", "diff", "tiny@1", "tiny@2"], ["reproduce", "tiny@2"]] {
                let outcome = try lorad.run(command)
                #expect(outcome.status == 65 && outcome.errors.contains("was imported from"), "\(outcome.errors)")
            }
            // A job is judged by it as by any other champion.
            let night = lorad.manifest(sha256: try lorad.hash(), steps: 6, extra: "promote: auto")
            try lorad.write(night, to: "night.yaml")
            #expect([0, 1].contains(try lorad.run("run", "night.yaml").status))
            let reports = lorad.list("outbox/tiny").filter { $0.hasPrefix("20") }.compactMap {
                try? lorad.read("outbox/tiny/\($0)/report.json")
            }
            #expect(reports.contains { $0.contains("\"reference_name\" : \"tiny@2\"") })
        }
    }

    @Test("One for another base, and what is no adapter, is refused in one message, and nothing is published")
    func refused() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try trained(lorad)
            try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/untied"), toPath: "\(folder)/other")
            try FileManager.default.createDirectory(atPath: "\(folder)/empty", withIntermediateDirectories: true)
            let cases: [(folder: String, base: String, name: String, status: Int32, words: String)] = [
                ("elsewhere", "other", "tiny", 65, "was made for the base"),
                ("nowhere", "base", "tiny", 66, "There is no folder nowhere"),
                ("empty", "base", "tiny", 66, "adapter_config.json"),
                ("elsewhere", "base", "../tiny", 65, "cannot name a folder of the outbox"),
                ("elsewhere", "base", "rejected", 65, "cannot name a folder of the outbox"),
            ]
            let before = lorad.list("outbox/tiny")
            for (source, base, name, status, words) in cases {
                let outcome = try lorad.run("registry", "import", source, "--base", base, "--name", name)
                #expect(outcome.status == status, "\(source) \(name): \(outcome.status) \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(source) \(name): \(outcome.errors)")
            }
            #expect(lorad.list("outbox/tiny").filter { !$0.hasPrefix(".") } == before.filter { !$0.hasPrefix(".") })
        }
    }
}

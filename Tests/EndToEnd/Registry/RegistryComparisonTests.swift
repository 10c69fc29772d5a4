import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("lorad registry diff and ancestry, by the built program", .serialized)
struct RegistryComparisonTests {
    @Test("Settings, data, slices and answers of two versions stand side by side; a line of nights leads to its first")
    func compares() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let hash = try lorad.hash()
            func night(_ steps: Int, _ adapter: String = "") throws {
                let text = lorad.manifest(sha256: hash, steps: steps)
                    .replacing("dropout: 0.1", with: "dropout: 0.1" + adapter)
                try lorad.write(text, to: "job.yaml")
                let outcome = try lorad.run("run", "job.yaml")
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            func json(_ arguments: String...) throws -> JSONValue {
                let outcome = try lorad.run(["registry"] + arguments + ["--json"])
                try #require(outcome.status == 0, "\(outcome.errors)")
                return try JSONReader.parse(outcome.output, name: "answer")
            }
            try night(2)
            try night(8, ", init_from: tiny@1")
            try night(8, ", init_from: tiny@2")

            let difference = try json("diff", "tiny@1", "tiny@2")
            let settings = difference["settings"]?.arrayValue ?? []
            #expect(
                settings.compactMap { $0["key"]?.stringValue } == ["adapter.init_from", "training.max_steps"],
                "\(settings.map { $0["key"]?.stringValue ?? "" })")
            #expect(settings.last?["before"]?.stringValue == "2" && settings.last?["after"]?.stringValue == "8")
            #expect(difference["slices"]?.arrayValue?.compactMap { $0["slice"]?.stringValue } == ["all", "a", "b"])
            #expect(difference["prompts"]?.intValue == 4)
            let told = try lorad.run("registry", "diff", "tiny@1", "tiny@2")
            #expect(told.output.contains("training.max_steps") && told.output.contains("regression prompts"))
            let same = try lorad.run("registry", "diff", "tiny@2", "tiny@2").output
            #expect(same.contains("settings and data are the same") && same.contains("are answered alike"))

            let line = try json("ancestry", "tiny@3").arrayValue ?? []
            #expect(line.compactMap { $0["reference"]?.stringValue } == ["tiny@2", "tiny@1"])
            let words = try lorad.run("registry", "ancestry", "tiny@3").output
            #expect(words.contains("went on from tiny@2") && words.contains("began fresh"))
            #expect(try json("ancestry", "tiny@1").arrayValue?.isEmpty == true)
            // One whose run is gone is told by where it lay.
            let place = try #require(json("show", "tiny@1")["run_dir"]?.stringValue)
            let run = URL(fileURLWithPath: place).lastPathComponent
            try FileManager.default.removeItem(atPath: "\(folder)/outbox/tiny/\(run)")
            let left = try json("ancestry", "tiny@3").arrayValue ?? []
            try #require(left.count == 2)
            #expect(left[1]["reference"]?.stringValue == nil)
            #expect(left[1]["path"]?.stringValue?.contains(run) == true)
            let gone = try lorad.run("registry", "diff", "tiny@1", "tiny@2")
            #expect(gone.status == 66 && gone.errors.contains("holds no report.json"), "\(gone.errors)")
        }
    }
}

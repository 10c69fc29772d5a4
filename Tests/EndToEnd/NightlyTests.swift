import Foundation
import TestSupport
import Testing

@Suite("Nightly jobs")
struct NightlyTests {
    private func stamped(_ lorad: LoradProcess, _ more: String...) throws -> RunningProcess.Outcome {
        try lorad.run(["submit", "night.yaml", "--stamp"] + more)
    }

    @Test("A night whose data did not change finds its rows as tokens, though its process may only read them")
    func tokens() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "night.yaml")
            func night() throws -> [String] {
                let known = Set(lorad.list(".lorad/jobs"))
                #expect(try stamped(lorad, "--again").status == 0)
                #expect(try lorad.run("watch", "--once").status == 0)
                let job = try #require(Set(lorad.list(".lorad/jobs")).subtracting(known).first)
                #expect(!lorad.list(".lorad/jobs/\(job)").contains("rows"))
                return try lorad.read(".lorad/jobs/\(job)/log").split(separator: "\n").map(String.init)
            }
            let weights = "outbox/tiny/latest/adapter_model.safetensors"
            let first = try night()
            #expect(first.contains { $0.hasSuffix("rows were tokenized") }, "\(first)")
            let adapter = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(weights)"))
            // Those that are trained on, and what the tokenizer made of the evaluation's.
            #expect(lorad.list(".lorad/rows/tiny").count == 2)
            let second = try night()
            #expect(second.contains { $0.contains("rows as tokens of an earlier job") }, "\(second)")
            #expect(second.contains { $0.contains("texts as tokens of an earlier job") }, "\(second)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(weights)")) == adapter)
            // A job run by hand shares them with the worker's.
            let third = try lorad.run("run", "night.yaml")
            #expect(third.status == 0 && third.errors.contains("rows as tokens of an earlier job"), "\(third.errors)")
            #expect(try lorad.run("data", "night.yaml").status == 0)
            #expect(lorad.list(".lorad/rows/tiny").count == 2)
            try lorad.write(lorad.read("lorad.yaml") + "retention: {rows_mib: 0}\n", to: "lorad.yaml")
            #expect(try night().contains { $0.contains("rows as tokens of an earlier job") })
            #expect(lorad.list(".lorad/rows").isEmpty)
        }
    }

    @Test("A night is stamped; the next trains only where data or settings changed, or when told to")
    func nights() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "night.yaml")
            let first = try stamped(lorad)
            #expect(first.status == 0)
            let file = try #require(lorad.list("inbox").first)
            #expect(file.wholeMatch(of: /night-[0-9]{8}t[0-9]{4}z\.\d{8}T\d{6}Z-[0-9a-f]{8}\.yaml/) != nil, "\(file)")
            #expect(file.contains(first.lastLine), "\(first.output)")
            #expect(try lorad.run("watch", "--once").status == 0)
            // A name has one home, whatever the night.
            #expect(lorad.list("outbox").filter { $0.hasPrefix("tiny") } == ["tiny"])
            #expect(try lorad.read("outbox/tiny/latest/manifest.yaml").contains("stamp: "))
            #expect(try lorad.run("status", "tiny").output.contains(first.lastLine))

            let same = try stamped(lorad)
            #expect(same.status == 0 && lorad.list("inbox").isEmpty)
            #expect(same.errors.contains("data, base and settings are those of job"))
            #expect(same.lastLine.hasPrefix(folder) || same.lastLine.hasPrefix("outbox/"), "\(same.output)")

            // The same rows elsewhere are the same rows; other rows in the same place are not.
            try lorad.write(lorad.read("data/train.jsonl"), to: "data/moved.jsonl")
            #expect(try stamped(lorad, "--set", "dataset.train=data/moved.jsonl").errors.contains("are those of job"))
            #expect(lorad.list("inbox").isEmpty)
            let rows = try lorad.read("data/train.jsonl")
            try lorad.write(rows.replacingOccurrences(of: "great", with: "grand"), to: "data/train.jsonl")
            #expect(try stamped(lorad).errors.contains("the train data changed"))
            #expect(lorad.list("inbox").count == 1)
            try lorad.write(rows, to: "data/train.jsonl")
            #expect(try stamped(lorad, "--set", "training.seed=7").errors.contains("the settings changed"))
            #expect(try stamped(lorad, "--again").status == 0)
            #expect(lorad.list("inbox").count == 3)
        }
    }
}

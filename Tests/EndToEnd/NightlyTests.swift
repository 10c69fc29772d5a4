import Foundation
import TestSupport
import Testing

@Suite("Nightly jobs")
struct NightlyTests {
    private func stamped(_ lorad: LoradProcess, _ more: String...) throws -> RunningProcess.Outcome {
        try lorad.run(["submit", "night.yaml", "--stamp"] + more)
    }

    @Test("A night is stamped; the next trains only where data or settings changed, or when told to")
    func nights() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "night.yaml")
            let first = try stamped(lorad)
            #expect(first.status == 0)
            #expect(first.lastLine.wholeMatch(of: /inbox\/night-[0-9]{8}t[0-9]{4}z\.yaml/) != nil, "\(first.output)")
            #expect(try lorad.run("watch", "--once").status == 0)
            let names = lorad.list("outbox").filter { $0.hasPrefix("tiny-") }
            #expect(names.count == 1 && names[0].wholeMatch(of: /tiny-[0-9]{8}t[0-9]{4}z/) != nil)

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

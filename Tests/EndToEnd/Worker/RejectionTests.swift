import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("What is refused before any training, by the built program")
struct RejectionTests {
    /// A bad name, a missing base, a bad hash, an unknown key, a rate below zero.
    private static let fiveMistakes = """
        name: Tiny Adapter
        base: {path: nowhere, sha256: abc}
        dataset: data/train.jsonl
        adapter: {rnak: 4}
        training: {learning_rate: -1}
        """

    private static let fiveMessages = [
        "bad.yaml:1:7: name is \"Tiny Adapter\"", "bad.yaml:2:14: base.path: There is no file or folder \"nowhere\"",
        "bad.yaml:2:31: base.sha256 is \"abc\"", "bad.yaml:4:11: unknown key \"rnak\" in adapter; did you mean rank?",
        "bad.yaml:5:27: training.learning_rate is -1",
    ]

    private func expectFive(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.count == 5, "\(text)", sourceLocation: sourceLocation)
        for (line, start) in zip(lines, Self.fiveMessages) {
            #expect(line.hasPrefix(start), sourceLocation: sourceLocation)
        }
    }

    @Test("Five mistakes are five messages by file, line and column, from validate and from submit")
    func validate() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(Self.fiveMistakes, to: "bad.yaml")
            for command in ["validate", "submit"] {
                let outcome = try lorad.run(command, "bad.yaml")
                #expect(outcome.status == 65)
                #expect(outcome.output.isEmpty)
                expectFive(outcome.errors)
            }
            #expect(lorad.list("inbox").isEmpty)
            let json = try JSONReader.parse(lorad.run("validate", "bad.yaml", "--json").output, name: "validate")
            let mistakes = try #require(json["mistakes"]?.arrayValue)
            #expect(mistakes.compactMap { $0["line"]?.intValue } == [1, 2, 2, 4, 5])
            #expect(mistakes.compactMap { $0["column"]?.intValue } == [7, 14, 31, 11, 27])
        }
    }

    @Test("Dropped into the inbox, it lies among the rejected beside the same five messages")
    func rejected() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(Self.fiveMistakes, to: "inbox/bad.yaml")
            let watch = try lorad.run("watch", "--once")
            #expect(watch.status == 0, "\(watch.errors)")
            #expect(lorad.list("inbox").isEmpty)
            let rejected = lorad.list("outbox/rejected")
            let entry = try #require(rejected.first)
            #expect(rejected.count == 1)
            #expect(lorad.list("outbox/rejected/\(entry)") == ["bad.yaml", "reason.txt"])
            #expect(try lorad.read("outbox/rejected/\(entry)/bad.yaml") == Self.fiveMistakes)
            expectFive(try lorad.read("outbox/rejected/\(entry)/reason.txt"))
            let status = try JSONReader.parse(lorad.run("status", "--json").output, name: "status")
            #expect(status.arrayValue?.first?["state"]?.stringValue == "rejected")
        }
    }

    /// What is done to a good job, and what the refusal must say.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Replaces text of the manifest.
        var replacing: (String, String) = ("", "")
        /// Lines at the manifest's end.
        var extra = ""
        /// A file that is written first.
        var file: (name: String, text: String)?
        let says: [String]
    }

    @Test(
        "Input that cannot be trained on or judged is refused by name, with exit code 65 and before training",
        arguments: [
            Case(
                testDescription: "a target that the base lacks",
                replacing: ("rank: 4", "rank: 4, targets: [q_porj]"),
                says: ["job.yaml:4:29: ", "'q_porj'", "did you mean 'q_proj'", "gate_proj", "down_proj"]),
            Case(
                testDescription: "rows without a supervised token",
                replacing: ("max_steps", "max_length: 3, max_steps"),
                says: ["None of the 16 training rows has a token to train on.", "over 3 tokens", "max_length"]),
            Case(
                testDescription: "training rows all of which are evaluation rows too",
                file: (
                    "data/train.jsonl",
                    "{\"prompt\": \"Review: the cast was good 16\", \"completion\": \" positive\"}\n"
                        + "{\"prompt\": \"Review: it was boring 17\", \"completion\": \" negative\"}"
                ),
                says: ["None of the 2 rows of data/train.jsonl is left", "2 in the evaluation data", "evaluation.data"]),
            Case(
                testDescription: "a training row without its completion",
                file: ("data/train.jsonl", "{\"prompt\": \"p\", \"completion\": \" positive\"}\n{\"prompt\": \"p\"}"),
                says: ["data/train.jsonl:2: 'completion' is missing"]),
            Case(
                testDescription: "an evaluation row that is no choice",
                file: ("data/test.jsonl", "{\"prompt\": \"p\", \"completion\": \" good\", \"domain\": \"a\"}"),
                says: ["data/test.jsonl:1: the completion \" good\" is not among the choices"]),
            Case(
                testDescription: "an evaluation row without its slice",
                file: ("data/test.jsonl", "{\"prompt\": \"p\", \"completion\": \" positive\", \"domian\": \"a\"}"),
                says: ["data/test.jsonl:1: the field `domain` is missing", "Did you mean `domian`?"]),
            Case(
                testDescription: "regression prompts with two mistakes",
                extra: "regression: {prompts: data/prompts.jsonl}",
                file: ("data/prompts.jsonl", "{\"id\": \"a\"}\n{\"id\": \"a\", \"prompt\": \"p\"}"),
                says: ["data/prompts.jsonl:1: the field `prompt` is missing", "data/prompts.jsonl:2: the id \"a\""]),
            Case(
                testDescription: "a damaged base", file: ("base/model.safetensors", "none"),
                says: ["base/model.safetensors is 4 bytes long"]),
        ])
    func badInput(_ example: Case) throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            var manifest = try lorad.manifest(sha256: lorad.hash(), extra: example.extra)
            if !example.replacing.0.isEmpty {
                manifest = manifest.replacingOccurrences(of: example.replacing.0, with: example.replacing.1)
            }
            if let file = example.file { try lorad.write(file.text, to: file.name) }
            try lorad.write(manifest, to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 65, "\(run.errors)")
            let line = try JSONReader.parse(run.lastLine, name: "stdout")
            #expect(line["status"]?.stringValue == "rejected")
            let reason = line["reason"]?.stringValue ?? ""
            for part in example.says {
                #expect(reason.contains(part), "\(reason)")
                #expect(run.errors.contains(part))
            }
            #expect(!run.errors.contains("train: started"))
            #expect(lorad.list("outbox").isEmpty)

            try lorad.write(manifest, to: "inbox/job.yaml")
            #expect(try lorad.run("watch", "--once").status == 0)
            let entry = lorad.list("outbox/rejected").first ?? ""
            #expect(lorad.list("outbox/rejected/\(entry)") == ["job.yaml", "reason.txt"])
            let written = try lorad.read("outbox/rejected/\(entry)/reason.txt")
            for part in example.says { #expect(written.contains(part), "\(written)") }
        }
    }

    @Test("validate --deep says what a job would be refused for, in every file at once, and leaves nothing behind")
    func deep() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let good = try lorad.manifest(sha256: lorad.hash())
            try lorad.write(good, to: "good.yaml")
            let fine = try lorad.run("validate", "--deep", "good.yaml", "--json")
            #expect(fine.status == 0, "\(fine.errors)")
            let job = try JSONReader.parse(fine.output, name: "validate")["job"]
            #expect(job?["rows"]?.intValue == 16 && job?["evaluation_rows"]?.intValue == 8)

            try lorad.write(good.replacing("rank: 4", with: "rank: 4, targets: [q_porj]"), to: "bad.yaml")
            try lorad.write("{\"prompt\": \"p\"}\n", to: "data/train.jsonl")
            try lorad.write(
                "{\"prompt\": \"p\", \"completion\": \" good\", \"domain\": \"a\"}", to: "data/test.jsonl")
            let starts = ["data/train.jsonl:1: ", "data/test.jsonl:1: ", "bad.yaml:4:29: "]
            let deep = try lorad.run("validate", "--deep", "bad.yaml", "--json")
            #expect(deep.status == 65)
            let mistakes = try JSONReader.parse(deep.output, name: "validate")["mistakes"]?.arrayValue ?? []
            #expect(
                mistakes.map { $0["file"]?.stringValue } == ["data/train.jsonl", "data/test.jsonl", "bad.yaml"])
            #expect(mistakes.last?["advice"]?.stringValue?.contains("gate_proj") == true)
            let run = try lorad.run("run", "bad.yaml")
            #expect(run.status == 65)
            for errors in [deep.errors, run.errors] {
                for start in starts {
                    #expect(errors.split(separator: "\n").contains { $0.hasPrefix(start) }, "\(errors)")
                }
                #expect(!errors.contains("train: started"))
            }
            #expect(lorad.list("outbox").isEmpty)
        }
    }

    @Test("What to do about a failure reaches the ledger and the last line of run")
    func advice() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            // The last four bytes are an element of the final norm's weight: a number still, but what is computed with it
            // is none, and the base answers NaN.
            let weights = URL(fileURLWithPath: folder + "/base/model.safetensors")
            var model = try Data(contentsOf: weights)
            model.replaceSubrange((model.count - 4)..., with: [0xFF, 0xFF, 0x7F, 0x7F])
            try model.write(to: weights)
            let manifest = try lorad.manifest(sha256: lorad.hash())
            try lorad.write(manifest, to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 1, "\(run.errors)")
            let reason = try JSONReader.parse(run.lastLine, name: "stdout")["reason"]?.stringValue ?? ""
            try lorad.write(manifest, to: "inbox/job.yaml")
            _ = try lorad.run("watch", "--once")
            let status = try JSONReader.parse(lorad.run("status", "--json").output, name: "status").arrayValue?.first
            for told in [reason, status?["reason"]?.stringValue ?? ""] {
                #expect(told.hasPrefix("Step 1 has a loss of NaN"), "\(told)")
                #expect(told.contains("it is the base that answers so") && told.contains("Look for NaN"), "\(told)")
            }
        }
    }

    @Test("More new tokens than any base has room for, and fewer than one, are wrong usage")
    func newTokens() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            func generate(_ count: String) throws -> RunningProcess.Outcome {
                try lorad.run("generate", "--base", "base", "--prompt", "the", "--max-new-tokens=\(count)")
            }
            #expect(try generate("9223372036854775807").status == 64)
            #expect(try generate("-5").status == 64)
            #expect(try generate("0").status == 64)
        }
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("What commands print and how they end")
struct CommandLineTests {
    /// A folder with one published run in it.
    private func withPublishedRun(_ body: (LoradProcess) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "inbox/job.yaml")
            let watch = try lorad.run("watch", "--once")
            try #require(watch.status == 0, "\(watch.errors)")
            try body(lorad)
        }
    }

    @Test("A mistake in a setting is told by the setting, a missing folder by the system's word")
    func places() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            for stamp in [[], ["--stamp"]] {
                let setting = "trainng.max_steps=2"
                let submitted = try lorad.start(["submit", "job.yaml", "--set", setting] + stamp).wait()
                #expect(submitted.status == 65)
                let expected = #"--set \#(setting): unknown key "trainng"; did you mean training?"#
                #expect(submitted.errors.hasPrefix(expected), "\(submitted.errors)")
            }
            #expect(lorad.list("inbox").isEmpty)
            #expect(try lorad.run("verify", "nothing").errors.contains("No such file or directory"))
        }
    }

    @Test("With --json stdout holds one JSON document with the documented keys, and nothing else")
    func json() throws {
        try withPublishedRun { lorad in
            let model = ["--base", "base", "--adapter", "outbox/tiny/latest", "--json"]
            let commands: [([String], [String])] = [
                (["hash", "base", "--json"], ["path", "sha256", "tokenizer_sha256", "model_type", "parameters"]),
                (["tokenize", "--base", "base", "the film", "--json"], ["ids", "tokens"]),
                (["generate", "--prompt", "it", "--max-new-tokens", "3"] + model, ["text", "ids", "prompt_ids"]),
                (["score", "--prompt", "it", "--completion", " is"] + model, ["tokens", "logprob", "perplexity"]),
                (["verify", "outbox/tiny/latest", "--json"], ["checks"]),
                (["validate", "job.yaml", "--json"], ["manifest", "mistakes"]),
                (["doctor", "--json"], ["cpu", "kernels", "threads", "openblas_core", "inbox"]),
                (
                    ["merge", "--base", "base", "--adapter", "outbox/tiny/latest", "--output", "merged", "--json"],
                    ["model", "parity"]
                ),
            ]
            for (arguments, keys) in commands {
                let outcome = try lorad.start(arguments).wait()
                #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
                let answer = try JSONReader.parse(outcome.output, name: arguments[0])
                for key in keys { #expect(answer[key] != nil, "\(arguments[0]) has no \(key)") }
            }
            let status = try JSONReader.parse(lorad.run("status", "tiny", "--json").output, name: "status")
            #expect(status.arrayValue?.first?["state"]?.stringValue == "succeeded")
            let stages = status.arrayValue?.first?["stages"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
            #expect(stages == ["base", "data", "train", "adapter", "slices", "parity", "publish"])
        }
    }

    @Test("A gate on a slice that the data lacks is refused before training, naming the closest")
    func unknownSlice() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let text = lorad.manifest(sha256: try lorad.hash(), extra: "gates: [{slice: alll, metric: loss, max: 1}]")
            try lorad.write(text, to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 65)
            #expect(run.errors.contains("the slice \"alll\"") && run.errors.contains("Did you mean \"all\"?"))
            #expect(!run.errors.contains("train: started"))
        }
    }

    @Test("The cache of hashes lies in lorad.yaml's state folder, for every command that hashes a base")
    func hashCache() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write("threads: 1\nstate: elsewhere\n", to: "lorad.yaml")
            try lorad.write("state: named\n", to: "other.yaml")
            // The cache is kept where there is such a folder, and of files that have not changed a moment ago.
            for name in ["elsewhere", "named", ".lorad"] {
                try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
            }
            Thread.sleep(forTimeInterval: 2.1)
            _ = try lorad.hash()
            #expect(lorad.list("elsewhere") == ["hashes.json"])
            #expect(try lorad.run("hash", "base", "--config", "other.yaml").status == 0)
            #expect(lorad.list("named") == ["hashes.json"])
            try lorad.write("stat: x\n", to: "lorad.yaml")
            let bad = try lorad.run("hash", "base")
            #expect(bad.status == 65 && bad.errors.contains("state"), "\(bad.errors)")
            #expect(lorad.list(".lorad").isEmpty)
        }
    }

    @Test("A second run of the same name beside the first is told to come back later")
    func runLock() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            let work = folder + "/.lorad/foreground/tiny"
            try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
            let descriptor = open(work + "/lock", O_RDWR | O_CREAT, 0o600)
            try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            let second = try lorad.run("run", "job.yaml")
            #expect(second.status == 75 && second.errors.contains("under way"), "\(second.errors)")
            #expect(second.errors.contains("process \(getpid())"), "\(second.errors)")
            close(descriptor)
            #expect(try lorad.run("run", "job.yaml").status == 0)
        }
    }

    @Test(
        "Exit codes tell what kind of fault it was",
        arguments: [
            (["nonsense"], 64), (["run"], 64), (["run", "none.yaml"], 66), (["validate", "none.yaml"], 66),
            (["submit", "none.yaml"], 66), (["hash", "none"], 66),
            (["generate", "--base", "none", "--prompt", "x"], 66),
            (["verify", "none"], 66), (["status", "none"], 66), (["logs", "none"], 66), (["cancel", "none"], 66),
            (["retry", "none"], 66), (["submit", "job.yaml", "--set", "training.max_stps=2"], 65),
            (["generate", "--base", "base", "--prompt", ""], 65), (["--version"], 0),
        ] as [([String], Int32)])
    func exitCodes(arguments: [String], status: Int32) throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            let outcome = try lorad.start(arguments).wait()
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(outcome.output.isEmpty == (status != 0))
            #expect(outcome.errors.isEmpty == (status == 0))
        }
    }

    @Test("A loss that is not finite ends the job as failed, naming the step, with a report and exit code 1")
    func notFinite() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            // The last four bytes are an element of the final norm's weight: a number still, but what is computed with it
            // is none.
            let path = folder + "/base/model.safetensors"
            var model = try Data(contentsOf: URL(fileURLWithPath: path))
            model.replaceSubrange((model.count - 4)..., with: [0xFF, 0xFF, 0x7F, 0x7F])
            try model.write(to: URL(fileURLWithPath: path))
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 1, "\(run.errors)")
            let line = try JSONReader.parse(run.lastLine, name: "stdout")
            #expect(line["status"]?.stringValue == "failed")
            let reason = line["reason"]?.stringValue ?? ""
            #expect(reason.hasPrefix("Step 1 has a loss of ") && reason.contains("NaN"), "\(reason)")
            let report = try JSONReader.parse(file: "\(folder)/\(line["run_dir"]?.stringValue ?? "")/report.json")
            #expect(report["status"]?.stringValue == "failed")
            #expect(!lorad.list("outbox/tiny").contains("latest"))
        }
    }

    @Test("An expectation that the adapter's text does not meet fails the job, naming the prompt")
    func expectation() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let prompts = [
                #"{"id": "fine", "prompt": "it", "expect": {"not_contains": "zzzz"}}"#,
                #"{"id": "hopeless", "prompt": "it", "expect": {"contains": "zzzz"}}"#,
            ]
            try lorad.write(prompts.joined(separator: "\n"), to: "data/prompts.jsonl")
            let extra = "regression: {prompts: data/prompts.jsonl, max_new_tokens: 4}"
            try lorad.write(lorad.manifest(sha256: lorad.hash(), extra: extra), to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 1, "\(run.errors)")
            let line = try JSONReader.parse(run.lastLine, name: "stdout")
            #expect(
                line["reason"]?.stringValue
                    == "The adapter's text for \"hopeless\" is not what the regression prompts expect.")
            let report = try JSONReader.parse(file: "\(folder)/\(line["run_dir"]?.stringValue ?? "")/report.json")
            let expectations = report["parity"]?["prompts"]?.arrayValue?.compactMap { $0["expectation"] } ?? []
            #expect(expectations.compactMap { $0["passed"]?.boolValue } == [true, false])
            #expect(expectations.compactMap { $0["kind"]?.stringValue } == ["not_contains", "contains"])
            #expect(expectations.compactMap { $0["value"]?.stringValue } == ["zzzz", "zzzz"])
        }
    }

    @Test("Rows that also stand in the evaluation data are counted, named and left out of training")
    func contamination() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let train = try lorad.read("data/train.jsonl").split(separator: "\n")
            try lorad.write(
                (train[2...3] + lorad.read("data/test.jsonl").split(separator: "\n")).joined(separator: "\n"),
                to: "data/test.jsonl")
            try lorad.write(
                lorad.manifest(sha256: lorad.hash()).replacingOccurrences(
                    of: "max_steps", with: "max_length: 12, over_length: drop, max_steps"), to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let report = try JSONReader.parse(file: folder + "/outbox/tiny/latest/report.json")["training"]
            #expect(report?["contamination"]?["evaluation"]?.intValue == 2)
            #expect(report?["contamination"]?["dropped"]?.intValue == 2)
            let examples = report?["contamination"]?["examples"]?.arrayValue?.compactMap(\.stringValue)
            #expect(examples == ["Review: it was good 2", "Review: a bad film was boring 3"])
            // Of 14 rows left, those over 12 tokens are dropped: the counts add up.
            let kept = report?["rows"]?["train"]?.intValue ?? 0
            let dropped = report?["rows"]?["dropped"]?.intValue ?? 0
            #expect(kept + dropped == 14 && kept > 0 && dropped > 0)
        }
    }

    @Test("On a terminal a bar moves with loss, rate and time left; elsewhere there are plain lines")
    func progress() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 40), to: "job.yaml")
            let plain = try lorad.run("run", "job.yaml")
            #expect(plain.status == 0 && !plain.errors.contains("\r") && !plain.errors.contains("\u{1B}"))
            // Elsewhere a line every ten seconds, and one at a stage's end.
            let line = plain.errors.split(separator: "\n").first { $0.hasPrefix("train: step 40 of 40") }
            #expect(line?.contains("loss ") == true && line?.contains("tokens/s") == true, "\(plain.errors)")
            #expect(line?.hasSuffix(" left") == true)
            #expect(plain.output.split(separator: "\n").count == 1)

            let script = "/usr/bin/script"
            guard FileManager.default.isExecutableFile(atPath: script) else { return }
            let terminal = try RunningProcess(
                script, ["-qec", "\(LoradProcess.binary) run job.yaml", "/dev/null"], folder: folder
            ).wait()
            #expect(terminal.status == 0)
            let frames = terminal.output.components(separatedBy: "\u{1B}[K")
            let bar = frames.last { $0.contains("train step 40 of 40") }
            #expect(bar?.contains("\r" + String(repeating: "█", count: 20) + " train") == true, "\(terminal.output)")
        }
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("--json of every command that prints facts")
struct JSONOutputTests {
    private func prepared(_ folder: String, steps: Int = 6) throws -> LoradProcess {
        let lorad = try LoradProcess(folder: folder)
        try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: steps), to: "job.yaml")
        return lorad
    }

    /// The one JSON document on stdout.
    private func answer(_ lorad: LoradProcess, _ arguments: String..., status: Int32 = 0) throws -> JSONValue {
        let outcome = try lorad.run(arguments + ["--json"])
        #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
        return try JSONReader.parse(outcome.output, name: arguments[0])
    }

    @Test("A worker's commands, from submission to backup")
    func worker() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let submitted = try answer(lorad, "submit", "job.yaml")
            #expect(submitted["status"]?.stringValue == "submitted")
            let job = try #require(submitted["job"]?.stringValue)
            #expect(submitted["path"]?.stringValue == "inbox/job.\(job).yaml")
            #expect(try answer(lorad, "pause")["paused"]?.boolValue == true)
            let held = try answer(lorad, "watch", "--once", status: 75)
            #expect(held["obstacle"]?.stringValue?.contains("paused") == true)
            let list = try lorad.run("status", "--json")
            #expect(list.errors.contains("the queue is paused since"))
            #expect(try JSONReader.parse(list.output, name: "status").arrayValue?.count == 1)
            let cancelled = try answer(lorad, "cancel", "tiny")
            #expect(cancelled["state"]?.stringValue == "cancelled" && cancelled["name"]?.stringValue == "tiny")
            // One id from inbox to outbox.
            #expect(cancelled["id"]?.stringValue == job)
            #expect(try answer(lorad, "retry", "tiny")["state"]?.stringValue == "queued")
            let running = try answer(lorad, "resume")
            #expect(running["paused"]?.boolValue == false && running["paused_at"] == nil)

            let watch = try answer(lorad, "watch", "--once")
            #expect(watch["ended"]?["succeeded"]?.intValue == 1)
            #expect(watch["stopped"]?.boolValue == false && watch["delayed"]?.intValue == 0)
            let again = try answer(lorad, "submit", "job.yaml")
            #expect(again["status"]?.stringValue == "repeated")
            #expect(again["run_dir"]?.stringValue?.isEmpty == false && again["path"] == nil)
            let backup = try #require(try answer(lorad, "backup")["path"]?.stringValue)
            #expect(FileManager.default.fileExists(atPath: backup.hasPrefix("/") ? backup : "\(folder)/\(backup)"))
        }
    }

    @Test("A log is one document a line, its text that of the plain log")
    func logs() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            #expect(try lorad.run("submit", "job.yaml").status == 0)
            #expect(try lorad.run("watch", "--once").status == 0)
            let plain = try lorad.run("logs", "tiny").output.split(separator: "\n").map(String.init)
            let lines = try lorad.run("logs", "tiny", "--json").output.split(separator: "\n")
            try #require(plain.count > 10 && lines.count == plain.count)
            for (line, wanted) in zip(lines, plain) {
                let json = try JSONReader.parse(String(line), name: "line")
                let time = try #require(json["time"]?.stringValue)
                #expect("\(time) \(json["text"]?.stringValue ?? "")" == wanted)
            }
        }
    }

    @Test("`run` ends in the same line with --json and without; progress goes to stderr")
    func run() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            for arguments in [["run", "job.yaml"], ["run", "job.yaml", "--json"]] {
                let outcome = try lorad.run(arguments)
                #expect(outcome.status == 0 && outcome.errors.contains("train: started"))
                let line = try JSONReader.parse(outcome.output, name: "run")
                #expect(line["status"]?.stringValue == "succeeded")
                #expect(line["run_dir"]?.stringValue?.hasPrefix("outbox/tiny/") == true)
                let jobs = try JSONReader.parse(lorad.run("status", "--json").output, name: "status").arrayValue
                #expect(jobs?.first?["id"]?.stringValue == line["job"]?.stringValue)
                #expect(jobs?.first?["foreground"]?.boolValue == true)
            }
            try lorad.write("name: tiny\nbasis: {path: base}\n", to: "broken.yaml")
            let rejected = try lorad.run("run", "broken.yaml", "--json")
            #expect(rejected.status == 65)
            #expect(try JSONReader.parse(rejected.output, name: "run")["status"]?.stringValue == "rejected")
        }
    }

    @Test("validate gives each mistake with file, line, column and message")
    func validate() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            try lorad.write(lorad.read("job.yaml") + "\ntrainig: {max_steps: 1}\n", to: "broken.yaml")
            let mistakes = try answer(lorad, "validate", "broken.yaml", status: 65)["mistakes"]?.arrayValue ?? []
            try #require(mistakes.count == 1)
            #expect(mistakes[0]["file"]?.stringValue == "broken.yaml")
            #expect(mistakes[0]["line"]?.intValue == 8 && mistakes[0]["column"]?.intValue == 1)
            #expect(mistakes[0]["message"]?.stringValue?.contains("training") == true)
        }
    }

    @Test("A hook that is enabled again is said to be")
    func enable() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            try lorad.write(
                lorad.read("lorad.yaml") + "hooks: [{name: chat, kind: generic, url_env: CHAT_URL}]\n", to: "lorad.yaml"
            )
            let outcome = try lorad.run(
                "webhooks", "enable", "chat", "--json", environment: ["CHAT_URL": "https://x.example/"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try JSONReader.parse(outcome.output, name: "enable")["enabled"]?.boolValue == true)
        }
    }

    @Test(
        "Every whole number of the command line has bounds: past them, wrong usage with the bounds in the message",
        arguments: [
            (["generate", "--base", "base", "--prompt", "it", "--max-new-tokens"], "from 1 to 1048576"),
            (["watch", "--once", "--jobs"], "from 1 to 256"),
            (["submit", "job.yaml", "--priority"], "from -100 to 100"),
            (["webhooks", "list", "--limit"], "from 1 to 1000000"),
        ] as [([String], String)])
    func bounds(command: [String], words: String) throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let option = try #require(command.last)
            for number in ["9223372036854775807", "-9223372036854775808", "-500", "99999999999999999999", "1e3"] {
                let outcome = try lorad.run(command.dropLast() + ["\(option)=\(number)"])
                #expect(outcome.status == 64, "\(number): \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(number): \(outcome.errors)")
                #expect(outcome.output.isEmpty)
            }
            let apart = try lorad.run(command + ["-500"])
            #expect(apart.status == 64 && apart.errors.contains(words), "\(apart.errors)")
        }
    }

    @Test("More new tokens than the base has positions are refused, saying how many there are")
    func positions() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let outcome = try lorad.run("generate", "--base", "base", "--prompt", "it", "--max-new-tokens", "1048576")
            #expect(outcome.status == 65 && outcome.errors.contains("do not fit the base's"), "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }
    }
}

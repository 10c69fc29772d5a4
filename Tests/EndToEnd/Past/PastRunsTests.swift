import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Runs that an earlier lorad published")
struct PastRunsTests {
    private static let succeeded = ["reviews-float32", "reviews-bfloat16", "pairs"]

    @Test("They verify: files, base, adapter, parity, texts and update", arguments: PastCommit.all, succeeded)
    func verifies(past: PastCommit, run: String) throws {
        try withTemporaryFolder { folder in
            let lorad = try past.prepare(folder)
            let outcome = try lorad.run("verify", past.path("runs/\(run)"), "--json")
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            let checks = try JSONReader.parse(outcome.output, name: "verify")["checks"]?.arrayValue ?? []
            try #require(checks.count >= 7)
            // No earlier lorad signed anything.
            for check in checks where check["name"]?.stringValue != "provenance" {
                #expect(check["status"]?.stringValue == "passed", "\(check["name"]?.stringValue ?? "")")
            }
        }
    }

    @Test("One that missed a gate is said to have failed, and why", arguments: PastCommit.all)
    func failed(past: PastCommit) throws {
        try withTemporaryFolder { folder in
            let outcome = try past.prepare(folder).run("verify", past.path("runs/strict"), "--json")
            #expect(outcome.status == 1, "\(outcome.errors)")
            let checks = try JSONReader.parse(outcome.output, name: "verify")["checks"]?.arrayValue ?? []
            let run = checks.first { $0["name"]?.stringValue == "run" }
            #expect(run?["status"]?.stringValue == "failed")
            #expect(run?["detail"]?.stringValue?.contains("The gate on all loss was missed") == true)
        }
    }

    @Test("Their adapters give the scores that they gave", arguments: PastCommit.all, succeeded)
    func scores(past: PastCommit, run: String) throws {
        let asked = try JSONReader.parse(file: past.path("scores.json"))[run]?.arrayValue ?? []
        try #require(asked.count == 3)
        try withTemporaryFolder { folder in
            let lorad = try past.prepare(folder)
            for question in asked {
                let classifies = question["text"] != nil
                var arguments = ["score", "--base", classifies ? "pairs" : "base"]
                arguments += ["--adapter", past.path("runs/\(run)"), "--json"]
                for key in classifies ? ["text", "text_pair"] : ["prompt", "completion"] {
                    let option = "--" + key.replacing("_", with: "-")
                    arguments += [option, try #require(question[key]?.stringValue)]
                }
                let outcome = try lorad.run(arguments)
                try #require(outcome.status == 0, "\(outcome.errors)")
                let now = try JSONReader.parse(outcome.output, name: "score")
                try compare(now, try #require(question["answer"]))
            }
        }
    }

    /// Scores are computed in float32, whose roundings differ from one kernel to the next.
    private func compare(_ now: JSONValue, _ then: JSONValue) throws {
        func figures(_ answer: JSONValue) -> [Double] {
            let tokens = answer["tokens"]?.arrayValue?.compactMap { $0["logprob"]?.doubleValue }
            return tokens ?? answer["logits"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        }
        let ids = { (answer: JSONValue) in answer["tokens"]?.arrayValue?.compactMap { $0["id"]?.intValue } }
        #expect(ids(now) == ids(then))
        #expect(now["label"]?.stringValue == then["label"]?.stringValue)
        let (found, wanted) = (figures(now), figures(then))
        try #require(!wanted.isEmpty && found.count == wanted.count)
        for (one, other) in zip(found, wanted) { #expect(abs(one - other) < 1e-4, "\(one), recorded \(other)") }
    }

    @Test(
        "A manifest that pins the tokenizer trains while its hash is defined as then, else is refused with the new one",
        arguments: PastCommit.all)
    func pinned(past: PastCommit) throws {
        try withTemporaryFolder { folder in
            let lorad = try past.prepare(folder)
            let hash = try JSONReader.parse(lorad.run("hash", "base", "--json").output, name: "hash")
            let now = try #require(hash["tokenizer_sha256"]?.stringValue)
            let then = try JSONReader.parse(file: past.path("hashes.json"))["base"]?["tokenizer_sha256"]?.stringValue
            let outcome = try lorad.run("run", "pinned.yaml")
            if now == then {
                #expect(outcome.status == 0, "\(outcome.errors)")
            } else {
                #expect(outcome.status == 65 && outcome.errors.contains(now), "\(outcome.errors)")
            }
        }
    }

    @Test("Their manifests train the same adapters", arguments: PastCommit.all, succeeded)
    func trainsAgain(past: PastCommit, run: String) throws {
        try withTemporaryFolder { folder in
            let lorad = try past.prepare(folder)
            let outcome = try lorad.run("run", "\(run).yaml")
            #expect(outcome.status == 0, "\(outcome.errors)")
            try past.expectAdapter(
                "outbox/\(run)/latest/adapter_model.safetensors", equals: run,
                lorad)
        }
    }
}

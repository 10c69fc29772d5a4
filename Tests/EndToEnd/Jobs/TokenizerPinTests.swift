import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("What the tokenizer's hash covers, by the built program")
struct TokenizerPinTests {
    /// A published run of a short job.
    private func run(_ lorad: LoradProcess, _ manifest: String = "job.yaml") throws -> String {
        let outcome = try lorad.run("run", manifest)
        let line = try JSONReader.parse(outcome.lastLine, name: "run")
        return try #require(line["run_dir"]?.stringValue, "\(outcome.errors)")
    }

    private func hash(_ lorad: LoradProcess) throws -> String {
        let answer = try JSONReader.parse(lorad.run("hash", "base", "--json").output, name: "hash")
        return try #require(answer["tokenizer_sha256"]?.stringValue)
    }

    /// Version 1 of the hash: that of tokenizer.json.
    private func oldHash(_ lorad: LoradProcess) throws -> String {
        try ContentHash.ofFile(lorad.folder + "/base/tokenizer.json")
    }

    /// Gives the base another end of text and another template.
    private func changeTokenizer(_ lorad: LoradProcess) throws {
        let path = "base/tokenizer_config.json"
        let changed = try lorad.read(path).replacingOccurrences(
            of: "\"eos_token\": \"<|im_end|>\"", with: "\"eos_token\": \"<|endoftext|>\"")
        try #require(try changed != lorad.read(path))
        try lorad.write(changed, to: path)
        try lorad.write(try lorad.read("base/chat_template.jinja") + "\n", to: "base/chat_template.jinja")
    }

    @Test("Another end of text in the folder is another hash, another run's name and another night")
    func changedFolder() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "job.yaml")
            let before = try hash(lorad)
            let first = try run(lorad)
            #expect(try lorad.read(first + "/manifest.yaml").contains("tokenizer_sha256: \(before)"))
            #expect(try lorad.run("submit", "job.yaml", "--stamp").status == 0)
            #expect(try lorad.run("watch", "--once").status == 0)
            #expect(try lorad.run("submit", "job.yaml", "--stamp").errors.contains("are those of job"))

            try changeTokenizer(lorad)
            let after = try hash(lorad)
            #expect(after != before)
            #expect(try lorad.run("submit", "job.yaml", "--stamp").errors.contains("the tokenizer changed"))
            let second = try run(lorad)
            #expect(first.suffix(8) != second.suffix(8))
            #expect(
                try ContentHash.ofFile(folder + "/\(first)/adapter_model.safetensors")
                    != ContentHash.ofFile(folder + "/\(second)/adapter_model.safetensors"))
            let verdict = try lorad.run("verify", first)
            #expect(verdict.status == 65)
            #expect((verdict.output + verdict.errors).contains("tokenizer hash \(after)"))
        }
    }

    @Test("A manifest's pin of version 1 is refused with the new value; the new value is taken")
    func oldPin() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let manifest = try lorad.manifest(sha256: lorad.hash(), steps: 2)
            func pinned(_ hash: String) throws -> RunningProcess.Outcome {
                let pinned = manifest.replacingOccurrences(
                    of: "base: {path: base,", with: "base: {path: base, tokenizer_sha256: \(hash),")
                try #require(pinned != manifest)
                try lorad.write(pinned, to: "job.yaml")
                return try lorad.run("run", "job.yaml")
            }
            let refused = try pinned(oldHash(lorad))
            #expect(refused.status == 65)
            #expect(refused.errors.contains("base.tokenizer_sha256 is version 1 of the tokenizer's hash"))
            #expect(try refused.errors.contains(hash(lorad)))
            let other = try pinned(String(repeating: "0", count: 64))
            let new = try hash(lorad)
            #expect(other.status == 65 && other.errors.contains("hashes to \(new)"))
            #expect(try pinned(new).status == 0)
        }
    }

    @Test("A run that recorded version 1 of the hash is verified as of then, and no night is called unchanged after it")
    func oldRun() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "job.yaml")
            #expect(try lorad.run("submit", "job.yaml", "--stamp").status == 0)
            #expect(try lorad.run("watch", "--once").status == 0)
            let run = try "outbox/tiny/" + #require(lorad.list("outbox/tiny").first { $0.hasPrefix("2") })
            let (now, old) = (try hash(lorad), try oldHash(lorad))
            for file in ["report.json", "manifest.yaml"] {
                let text = try lorad.read("\(run)/\(file)")
                let changed =
                    file == "report.json"
                    ? text.replacingOccurrences(of: now, with: old)
                    : text.split(separator: "\n").filter { !$0.contains("tokenizer_sha256") }.joined(separator: "\n")
                try #require(changed != text)
                try lorad.write(changed, to: "\(run)/\(file)")
            }
            try lorad.listAnew(run)
            let verdict = try lorad.run("verify", run)
            #expect(verdict.status == 0, "\(verdict.output)\(verdict.errors)")
            #expect(verdict.output.contains("version 1 of the tokenizer's hash"))
            #expect(try lorad.run("submit", "job.yaml", "--stamp").errors.contains("version 1 of the tokenizer's hash"))
            #expect(lorad.list("inbox").count == 1)
        }
    }

    @Test("A base that names no end of text is refused before training, but where none is asked for")
    func noEndOfText() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write("{}", to: "base/tokenizer_config.json")
            let configuration = try lorad.read("base/config.json")
            let without = configuration.replacing(/"eos_token_id": [0-9]+/, with: "\"eos_token_id\": null")
            try #require(without != configuration)
            try lorad.write(without, to: "base/config.json")
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "job.yaml")
            let refused = try lorad.run("run", "job.yaml")
            #expect(refused.status == 65)
            #expect(refused.errors.contains("names no end-of-text token"))
            let manifest = try lorad.read("job.yaml")
            try lorad.write(
                manifest.replacingOccurrences(of: "training: {", with: "training: {append_eos: false, "), to: "job.yaml"
            )
            let asked = try lorad.run("run", "job.yaml")
            #expect(asked.status == 0, "\(asked.errors)")
        }
    }
}

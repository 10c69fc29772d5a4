import Foundation
import ModelFiles
import TestSupport
import Testing

/// The built `lorad`, run in a folder of its own that holds the tiny base and a little data.
struct LoradProcess {
    let folder: String
    static let binary = Fixtures.root + "/.build/release/lorad"

    init(folder: String) throws {
        self.folder = folder
        for name in ["inbox", "outbox", "pipelines", "data"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: "\(folder)/base")
        let words = ["the film", "the cast", "it", "a bad film", "the great cast"]
        let rows = (0..<24).map { row in
            let positive = row % 2 == 0
            return "{\"prompt\": \"Review: \(words[row % 5]) was \(positive ? "good" : "boring") \(row)\", "
                + "\"completion\": \" \(positive ? "positive" : "negative")\", \"domain\": \"\(row % 3 == 0 ? "a" : "b")\"}"
        }
        try write(rows.prefix(16).joined(separator: "\n"), to: "data/train.jsonl")
        try write(rows.suffix(8).joined(separator: "\n"), to: "data/test.jsonl")
        // One thread leaves the machine to the tests beside this one.
        try write("threads: 1\nquiet_time: 0.1\nlimits: {free_disk_mib: 0}\n", to: "lorad.yaml")
    }

    /// Puts a family's tiny base, with room for a conversation and a template, in the place of the base.
    func useBase(ofFamily family: String, template: String?) throws {
        let source = family == "llama3" ? "llama-yarn" : family
        try FileManager.default.removeItem(atPath: "\(folder)/base")
        try FileManager.default.createDirectory(atPath: "\(folder)/base", withIntermediateDirectories: true)
        for name in ["model.safetensors", "tokenizer.json", "tokenizer_config.json", "generation_config.json"] {
            try FileManager.default.copyItem(
                atPath: Fixtures.path("families/\(source)/\(name)"), toPath: "\(folder)/base/\(name)")
        }
        let config = try #require(try Fixtures.json("families/\(source)/config.json").objectValue)
        let roomy = config.setting("max_position_embeddings", to: .integer(512))
        try write(JSONText.document(.object(roomy)), to: "base/config.json")
        if let template { try write(template, to: "base/chat_template.jinja") }
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    /// Starts `lorad` with these arguments.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningProcess {
        try RunningProcess(Self.binary, arguments, folder: folder, environment: environment)
    }

    /// Runs `lorad` to its end.
    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> RunningProcess.Outcome {
        try run(arguments, environment: environment)
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningProcess.Outcome {
        try start(arguments, environment: environment).wait()
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }

    /// Names in a folder, sorted; none where there is no such folder.
    func list(_ name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []).sorted()
    }

    /// Makes a published run's list of checksums say what its files hold now.
    func listAnew(_ run: String) throws {
        let find = "find . -type f ! -name SHA256SUMS ! -name S | sed 's|^./||' | LC_ALL=C sort"
        let process = try RunningProcess(
            "/bin/sh", ["-c", "cd \(run) && \(find) | xargs sha256sum > S && mv S SHA256SUMS"], folder: folder)
        #expect(try process.wait().status == 0)
    }

    /// A base's hash as `lorad hash` tells it.
    func hash(_ base: String = "base") throws -> String {
        let answer = try JSONReader.parse(run("hash", base, "--json").output, name: "hash")
        return answer["sha256"]?.stringValue ?? ""
    }

    /// A manifest of 16 rows and two slices, `extra` lines at its end.
    func manifest(sha256: String, steps: Int = 6, checkpointEvery: Int = 2, extra: String = "") -> String {
        """
        name: tiny
        base: {path: base, sha256: \(sha256)}
        dataset: data/train.jsonl
        adapter: {rank: 4, dropout: 0.1}
        training: {max_steps: \(steps), batch_size: 4, learning_rate: 1.0e-2, checkpoint_every: \(checkpointEvery)}
        evaluation: {data: data/test.jsonl, slice_by: domain, choices: [" positive", " negative"]}
        \(extra)
        """
    }
}

import Foundation
import TestSupport

/// The built `lorad`, run in a folder of its own that holds the tiny base and a little data.
struct LoradProcess {
    let folder: String
    static let binary = Fixtures.root + "/.build/release/lorad"

    /// What a command came to.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

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
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.binary)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        return process
    }

    func run(_ arguments: String...) throws -> Outcome {
        let process = process(arguments)
        let files = ["stdout", "stderr"].map { "\(folder)/\($0).txt" }
        for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try read("stdout.txt"), errors: try read("stderr.txt"))
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }

    /// Names in a folder, sorted; none where there is no such folder.
    func list(_ name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []).sorted()
    }

    func manifest(sha256: String, steps: Int = 6) -> String {
        """
        name: tiny
        base: {path: base, sha256: \(sha256)}
        dataset: data/train.jsonl
        adapter: {rank: 4, dropout: 0.1}
        training: {max_steps: \(steps), batch_size: 4, learning_rate: 1.0e-2, checkpoint_every: 2}
        evaluation: {data: data/test.jsonl, slice_by: domain, choices: [" positive", " negative"]}
        """
    }
}

import Datasets
import Foundation
import TestSupport
import Testing

/// Whether a program is there to be run.
private func has(_ tool: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)")
    }
}

/// How to make a file of the rows in `plain` that a command makes rows of again, and the tools that both need.
private let packings: [(command: ConvertingCommand, tools: [String], making: String)] = [
    (.utf16, ["iconv"], "iconv -f UTF-8 -t UTF-16 plain"), (.utf32, ["iconv"], "iconv -f UTF-8 -t UTF-32 plain"),
    (.gzip, ["gzip", "gunzip"], "gzip -c plain"), (.bzip2, ["bzip2", "bunzip2"], "bzip2 -c plain"),
    (.xz, ["xz"], "xz -c plain"), (.zstandard, ["zstd"], "zstd -c plain"),
    (.zip, ["zip", "unzip"], "zip -q - plain"), (.carriageReturns, ["tr"], "tr '\\n' '\\r' < plain"),
    (.documents, ["jq"], "jq . plain"), (.array, ["jq", "python3"], "jq -s . plain"),
    (.pythonDictionaries, ["sed", "python3"], "sed \"s/\\\"/'/g\" plain"),
]

/// Runs each command that an error advises, as a user would.
@Suite("Commands that convert data files")
struct ConvertingCommandTests {
    private static let rows = "{\"a\": 1, \"b\": \"x y\"}\n{\"a\": 2, \"b\": \"ü\"}\n"

    /// Whether the shell can run a command to a good end.
    private func run(_ command: String, in folder: String) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Runs the command on a file of `bytes` and reads what it wrote.
    private func convert(_ command: ConvertingCommand, _ bytes: [UInt8], _ name: String, to output: String) throws
        -> [JSONLine]
    {
        try withTemporaryFolder { folder in
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            try #require(try run(command.command(name), in: folder), "\(command.command(name))")
            return try JSONLines.read("\(folder)/\(output)")
        }
    }

    @Test(
        "What was packed, wide or one document becomes the rows that it holds",
        arguments: packings.filter { $0.tools.allSatisfy(has) }.map { ($0.command, $0.making) })
    func files(_ command: ConvertingCommand, _ making: String) throws {
        try withTemporaryFolder { folder in
            try Data(Self.rows.utf8).write(to: URL(fileURLWithPath: folder + "/plain"))
            let made = making + " > 'it'\\''s.json'"
            try #require(try run(made, in: folder), "\(made)")
            try #require(try run(command.command("it's.json"), in: folder), "\(command.command("it's.json"))")
            let lines = try JSONLines.read(folder + "/it's.jsonl")
            #expect(try lines.map { try $0.value("a")?.intValue } == [1, 2])
            #expect(try lines.map { try $0.value("b")?.stringValue } == ["x y", "ü"])
        }
    }

    @Test("There are tools to try commands with")
    func tools() {
        #expect(packings.contains { $0.tools.allSatisfy(has) })
    }

    @Test("A table becomes one row a line under its header's names", .enabled(if: has("python3")))
    func tables() throws {
        let comma = [UInt8]("\u{FEFF}prompt,completion\r\n\"a, \"\"b\"\"\nc\", yes\r\n".utf8)
        let lines = try convert(.commaSeparated, comma, "rows.csv", to: "rows.jsonl")
        #expect(try lines.map { try $0.value("prompt")?.stringValue } == ["a, \"b\"\nc"])
        #expect(try lines.map { try $0.value("completion")?.stringValue } == [" yes"])
        let tab = try convert(.tabSeparated, [UInt8]("text\tlabel\nx\t1\n".utf8), "rows.tsv", to: "rows.jsonl")
        #expect(try tab.map { try $0.value("label")?.stringValue } == ["1"])
    }

    @Test("Dolly's rows become Alpaca's, their context the input", .enabled(if: has("python3")))
    func dolly() throws {
        let rows = """
            {"instruction": "say", "response": "yes", "score": NaN}
            {"instruction": "tell", "context": "it", "response": "so"}
            """
        let lines = try convert(.dolly, [UInt8](rows.utf8), "a.jsonl", to: "a.rows.jsonl")
        #expect(try lines.map { try $0.value("instruction")?.stringValue } == ["say", "tell"])
        #expect(try lines.map { try $0.value("input")?.stringValue } == [nil, "it"])
        #expect(try lines.map { try $0.value("output")?.stringValue } == ["yes", "so"])
    }

    @Test("Conversations become messages, and of preferences the chosen one is taken", .enabled(if: has("python3")))
    func conversations() throws {
        let turns =
            #"{"prompt": [{"role": "user", "content": "h"}], "completion": [{"role": "assistant", "content": "g"}]}"#
        let converted = try convert(.conversational, [UInt8](turns.utf8), "c.jsonl", to: "c.rows.jsonl")
        let messages = try #require(try converted.first?.value("messages")?.arrayValue)
        #expect(messages.compactMap { $0["role"]?.stringValue } == ["user", "assistant"])
        #expect(messages.last?["content"]?.stringValue == "g")
        let preference = [UInt8](#"{"prompt": "p", "chosen": "c", "rejected": "r"}"#.utf8)
        let lines = try convert(.preference, preference, "p.jsonl", to: "p.rows.jsonl")
        #expect(try lines.first?.value("completion")?.stringValue == "c")
    }

    @Test(
        "Columns stored by pyarrow become rows", .enabled(if: has("python3")),
        arguments: [
            (
                ConvertingCommand.parquet,
                "import pyarrow as a, pyarrow.parquet as p; p.write_table(a.table({\"a\": [1, 2]}), \"t.x\")"
            ),
            (.arrow, "import pyarrow as a, pyarrow.feather as f; f.write_feather(a.table({\"a\": [1, 2]}), \"t.x\")"),
        ])
    func columns(_ command: ConvertingCommand, _ making: String) throws {
        try withTemporaryFolder { folder in
            // pyarrow is there or not; without it there is nothing to try.
            guard try run("python3 -c '\(making)' 2>/dev/null", in: folder) else { return }
            try #require(try run(command.command("t.x"), in: folder))
            #expect(try JSONLines.read(folder + "/t.jsonl").map { try $0.value("a")?.intValue } == [1, 2])
        }
    }

    @Test("No command writes over the file that it reads, and every one is one line")
    func outputs() {
        for command in ConvertingCommand.allCases where command != .gitLFS {
            for path in ["rows.jsonl", "a/rows.jsonl.gz", "rows.json", "r", "it's.csv", "-x.csv"] {
                let text = command.command(path)
                #expect(!text.contains("\n") && !text.contains("> -"))
                #expect(!text.hasSuffix(" \(path)") && !text.hasSuffix(" './\(path)'"), "\(text)")
            }
        }
        #expect(ConvertingCommand.gzip.command("a/rows.jsonl.gz") == "gunzip -c a/rows.jsonl.gz > a/rows.jsonl")
        #expect(ConvertingCommand.utf16.command("rows.jsonl").hasSuffix("rows.jsonl > rows.rows.jsonl"))
    }
}

import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Data files as people have them")
struct JSONLinesTests {
    private func read(_ bytes: [UInt8], as name: String = "rows.jsonl") throws -> [JSONLine] {
        try withTemporaryFolder { folder in
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            return try JSONLines.read("\(folder)/\(name)")
        }
    }

    /// The error of a file, without the folder that it lay in.
    private func refusal(_ bytes: [UInt8], as name: String = "rows.jsonl") throws -> DatasetsError {
        try withTemporaryFolder { folder in
            let path = "\(folder)/\(name)"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let error = try #require(#expect(throws: DatasetsError.self) { try JSONLines.read(path) })
            func short(_ text: String?) -> String? { text?.replacingOccurrences(of: folder + "/", with: "") }
            return DatasetsError(error.code, short(error.message) ?? "", advice: short(error.advice))
        }
    }

    @Test("A byte order mark, CR LF and blank lines are passed over, and lines keep their numbers")
    func marks() throws {
        let lines = try read([0xEF, 0xBB, 0xBF] + [UInt8]("{\"a\": 1}\r\n\r\n  \n{\"a\": 2}\r\n".utf8))
        #expect(lines.map(\.number) == [1, 4])
        #expect(try lines.map { try $0.value("a")?.intValue } == [1, 2])
    }

    @Test("A fault is told by line and column, in characters, once its column is asked for")
    func columns() throws {
        let lines = try read([UInt8]("{\"a\": 1}\n{\"é🦙\": \"ü\", \"b\": NaN, \"a\": 2}".utf8))
        #expect(try lines[1].value("a")?.intValue == 2)
        let complaint = #expect(throws: RowComplaint.self) { _ = try lines[1].value("b") }
        #expect(
            complaint?.message("f.jsonl") == #"f.jsonl:2:18: "b" cannot be read: a value was expected, 'N' found."#)
    }

    @Test(
        "Rows that are no JSON are refused by line and column, with the command where there is one",
        arguments: [
            (#"{"a": 1,}"#, "rows.jsonl:2:9: a key in quotes was expected, '}' found.", "One JSON object a line"),
            (#"{'a': 1}"#, "rows.jsonl:2:2: a key in quotes was expected, ''' found.", "ast.literal_eval"),
            (#"{"a": 1}{"a": 2}"#, "rows.jsonl:2:9: there is more after the end of the document.", "jq -c ."),
            ("{", "rows.jsonl:2:2: a key in quotes was expected, the end of the line found.", "jq -c ."),
            ("[1]", "rows.jsonl:2:1: an array was found, an object was expected.", "One JSON object a line"),
        ])
    func brokenRows(_ row: String, _ message: String, _ advice: String) throws {
        let error = try refusal([UInt8]("{\"a\": 0}\n\(row)".utf8))
        #expect(error.message == message)
        #expect(error.advice?.contains(advice) == true, "\(error.advice ?? "")")
    }

    @Test(
        "Files of another kind are named, whatever their name says",
        arguments: [
            ([0x1F, 0x8B, 8, 0], "compressed by gzip", "gunzip -c"), ([0x42, 0x5A, 0x68, 0x39], "bzip2", "bunzip2 -c"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz", "xz -dc"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "zstd -dc"),
            ([0x50, 0x4B, 3, 4], "ZIP", "unzip -p"), ([UInt8]("PAR1abc".utf8), "a Parquet file", "pyarrow.parquet"),
            ([UInt8]("ARROW1\0\0".utf8), "an Arrow file", "pyarrow.feather"),
            ([0xFF, 0xFE, 0x7B, 0], "UTF-16", "iconv -f UTF-16"), ([0xFE, 0xFF, 0, 0x7B], "UTF-16", "iconv -f UTF-16"),
            ([0x7B, 0, 0x22, 0], "UTF-16", "iconv"), ([0, 0x7B, 0, 0x22], "UTF-16", "iconv"),
            ([0xFF, 0xFE, 0, 0, 0x7B, 0, 0, 0], "UTF-32", "iconv -f UTF-32"),
            (
                [UInt8]("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".utf8), "Git LFS",
                "git lfs pull"
            ),
            ([UInt8](" \n<!doctype html>".utf8), "HTML", "Check where"),
            ([UInt8]("[\n {\"a\": 1}\n]".utf8), "one JSON array", "json.load("),
            ([UInt8](#"[{"a": 1}, {"a": 2}]"#.utf8), "one JSON array", "json.load("),
            ([UInt8]("prompt,completion\nReview: a,positive\n".utf8), "(CSV)", "csv.DictReader"),
            ([UInt8]("\"Text\"\t\"Label\"\r\nx\ty\r\n".utf8), "tab-separated", "delimiter"),
            ([UInt8]("{\"a\": 1}\r{\"a\": 2}\r".utf8), "carriage return", "tr "),
        ] as [([UInt8], String, String)])
    func kinds(_ bytes: [UInt8], _ name: String, _ command: String) throws {
        let error = try refusal(bytes)
        #expect(error.message.hasPrefix("rows.jsonl is ") && error.message.contains(name), "\(error.message)")
        #expect(error.advice?.contains(command) == true, "\(error.advice ?? "")")
    }

    @Test("Rows that are arrays, a row with a carriage return in it and text that is no table are no such kind")
    func notKinds() throws {
        #expect(try refusal([UInt8]("[1]\n[2]\n".utf8)).message.hasPrefix("rows.jsonl:1:1: an array was found"))
        #expect(try read([UInt8]("{\"a\":\r1}".utf8)).count == 1)
        #expect(try refusal([UInt8]("hello, world\n".utf8)).message.hasPrefix("rows.jsonl:1:1: a value was expected"))
    }

    @Test(
        "Another trainer's rows are named, unless they have the keys that are asked for",
        arguments: [
            (
                #"{"instruction": "say", "context": "", "response": "yes"}"#,
                "Dolly's layout ('instruction', 'response')"
            ),
            (#"{"prompt": "hi", "chosen": "yes", "rejected": "no"}"#, "preferences"),
        ])
    func foreign(_ row: String, _ name: String) throws {
        let line = try #require(try read([UInt8](row.utf8)).first)
        for keys in [[], ["messages"], ["text", "label"]] {
            let error = #expect(throws: DatasetsError.self) {
                try ForeignRow.refuse(line, "f.jsonl", expecting: keys)
            }
            #expect(error?.message.hasPrefix("f.jsonl:1: the row is in ") == true)
            #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
            #expect(error?.advice?.hasPrefix("Convert it: python3 -c '") == true)
        }
        try ForeignRow.refuse(line, "f.jsonl", expecting: [line.keys[0]])
    }

    @Test("Prompts and completions that are conversations are named")
    func conversations() throws {
        let row =
            #"{"prompt": [{"role": "user", "content": "hi"}], "completion": [{"role": "assistant", "content": "y"}]}"#
        let line = try #require(try read([UInt8](row.utf8)).first)
        let error = #expect(throws: DatasetsError.self) {
            try ForeignRow.refuse(line, "f.jsonl", expecting: ["prompt", "completion"])
        }
        #expect(error?.message.contains("TRL's conversational layout") == true)
    }
}

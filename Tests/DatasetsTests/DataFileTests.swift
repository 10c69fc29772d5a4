import Datasets
import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Tables and compressed files of rows")
struct DataFileTests {
    private func read(_ bytes: [UInt8], as name: String, limit: Int = DataFile.mostBytes) throws -> RowFile {
        try withTemporaryFolder { folder in
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            return try DataFile.read("\(folder)/\(name)", limit: limit)
        }
    }

    private func table(_ text: String, as name: String = "rows.csv") throws -> [JSONLine] {
        try read([UInt8](text.utf8), as: name).lines
    }

    /// The error's message without the folder that the file lay in.
    private func refusal(_ bytes: [UInt8], as name: String = "rows.csv", limit: Int = DataFile.mostBytes) throws
        -> String
    {
        try withTemporaryFolder { folder in
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            let error = #expect(throws: DatasetsError.self) { try DataFile.read("\(folder)/\(name)", limit: limit) }
            return (error?.message ?? "").replacingOccurrences(of: folder + "/", with: "")
        }
    }

    private func values(_ lines: [JSONLine], _ key: String) throws -> [String?] {
        try lines.map { try $0.value(key)?.stringValue }
    }

    @Test("Quotes, separators, line ends and white space inside fields are text, as RFC 4180 has them")
    func quoting() throws {
        let lines = try table(
            "\u{FEFF}prompt,completion\r\n\"a, \"\"b\"\"\r\nc\", yes \r\n\r\nsay \"hi\",\"\"\r\n\u{2028} x,\u{C}y\n\"\",z"
        )
        #expect(try values(lines, "prompt") == ["a, \"b\"\r\nc", "say \"hi\"", "\u{2028} x", ""])
        #expect(try values(lines, "completion") == [" yes ", "", "\u{C}y", "z"])
        #expect(lines.map(\.number) == [2, 5, 6, 7])
        let tabs = try table("text\tlabel\n\"a\tb\"\t1\nc, d\tx\n", as: "rows.tsv")
        #expect(try values(tabs, "text") == ["a\tb", "c, d"])
    }

    @Test("Tables are read like lines: prompts, columns, Alpaca's layout, and slices")
    func formats() throws {
        let own = try read([UInt8]("question,answer,domain\nq,a,film\n".utf8), as: "rows.csv")
        let file = try own.laidOut(columns: [.prompt: "question", .completion: "answer"]).file
        #expect(try TrainingRowReader.read(file, format: nil).rows == [.completion(prompt: "q", completion: "a")])
        #expect(try EvaluationRows.read(file, sliceBy: "domain").first?.slice == "film")
        let alpaca = try read([UInt8]("instruction,input,output\ni,,o\n".utf8), as: "rows.csv").laidOut()
        #expect(alpaca.notes.count == 1)
    }

    @Test("In a table a label that is written as a number is one, and an empty second text is none")
    func labels() throws {
        let file = try read([UInt8]("text,text_pair,label\na,b,1\n7,,-0.5\nc,,007\nd,,true\n".utf8), as: "rows.csv")
        let rows = try LabelledRows.read(file)
        #expect(rows.map(\.label) == [.number(1), .value(-0.5), .name("007"), .name("true")])
        #expect(rows.map(\.pair) == ["b", nil, nil, nil] && rows[1].text == "7")
    }

    @Test(
        "What is wrong with a table is told by line",
        arguments: [
            (
                "a,b\n1,2\n3\n4,5,6\n",
                "rows.csv:3: the row has 1 field, the header 2.\nrows.csv:4: the row has 3 fields"
            ),
            ("a,b\n\"1\n2\",3\n4\n", "rows.csv:4: the row has 1 field"),
            ("a,b\n1,2\n\"3,4\n5,6\n", "rows.csv:3: a quote that opens here is never closed."),
            ("a,b\n1,\"2\" x\n", "rows.csv:2: there is text after a closing quote"),
            ("a,b\r1,2\r", "rows.csv:1: a carriage return stands alone"),
            ("a,,b\n1,2,3\n", "rows.csv:1: the header has no name for column 2."),
            ("a,b,a\n1,2,3\n", "rows.csv:1: the header names two columns \"a\"."),
        ])
    func faults(_ text: String, _ message: String) throws {
        let found = try refusal([UInt8](text.utf8))
        #expect(found.hasPrefix(message), "\(found)")
    }

    @Test("A quote that is never closed is said at the longest row's length, not at the end of the file")
    func endless() throws {
        let text = "a,b\n1,2\n\"x" + String(repeating: "y\n", count: 6 << 20)
        let message = try refusal([UInt8](text.utf8))
        #expect(message == "rows.csv:3: the row is longer than 10485760 bytes; a quote in it may never be closed.")
        let short = try refusal([UInt8]("a,b\n\"x,y\nz".utf8))
        #expect(short == "rows.csv:2: a quote that opens here is never closed.")
    }

    @Test("A table that is no UTF-8, or another kind of file, is named")
    func kinds() throws {
        #expect(try refusal([UInt8]("a,b\n".utf8) + [0xE9, 0x2C, 0x31, 0x0A]) == "rows.csv:2: the row is no UTF-8.")
        #expect(try refusal([0xFF, 0xFE, 0x61, 0, 0x2C, 0]).contains("UTF-16"))
        #expect(try refusal([0x50, 0x4B, 3, 4, 0]).contains("a ZIP archive"))
    }

    @Test("A header alone and an empty file have no rows")
    func empty() throws {
        #expect(try table("").isEmpty && table("a,b\n").isEmpty && table("\n\n").isEmpty)
    }

    @Test("A compressed file's rows are those that it holds, and its hash that of its bytes as they lie")
    func compressed() throws {
        // `printf '{"text": "a"}\n' | gzip -9n`, `printf 'text\na\n' | zstd -19 -c`.
        let lines: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0x56, 0x2A, 0x49, 0xAD, 0x28,
            0x51, 0xB2, 0x52, 0x50, 0x4A, 0x54, 0xAA, 0xE5, 0x02, 0x00, 0xBD, 0xD2, 0x2A, 0x20, 0x0E, 0x00,
            0x00, 0x00,
        ]
        let rows: [UInt8] = [
            0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x68, 0x39, 0x00, 0x00, 0x74, 0x65, 0x78, 0x74, 0x0A, 0x61, 0x0A,
            0x3C, 0x2F, 0x8F, 0x2A,
        ]
        let packed = try read(lines, as: "rows.jsonl.gz")
        #expect(try values(packed.lines, "text") == ["a"])
        #expect(packed.sha256 == ContentHash.ofBytes(Data(lines)))
        #expect(try values(read(rows, as: "rows.csv.zst").lines, "text") == ["a"])
        #expect(try refusal(Array(lines.dropLast()), as: "r.jsonl.gz").hasPrefix("r.jsonl.gz is cut off: gzip's data"))
        #expect(
            try refusal(rows + [1, 2], as: "r.csv.zst").hasPrefix("r.csv.zst has 2 bytes after the end of what zstd"))
        #expect(try refusal([UInt8]("{}".utf8), as: "r.jsonl.gz").contains("is not compressed by gzip"))
        #expect(try refusal(lines, as: "r.jsonl.gz", limit: 13).contains("more than 13 bytes"))
    }

    @Test("The bound is two gibibytes, as it was of files that are not compressed")
    func bound() { #expect(DataFile.mostBytes == 2_147_483_648) }
}

import Datasets
import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Rows as a stream")
struct RowStreamTests {
    private func withFile(_ text: String, as name: String, _ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/\(name)"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            try body(path)
        }
    }

    /// Rows of all lengths, so that the pieces in which the file is read end everywhere in them: in the middle of a
    /// character, of an escaped quote, of a line's end.
    private let texts = (0..<3_000).map { row in
        "\(row) " + String(repeating: row % 3 == 0 ? "é\"" : "x,\r\n", count: row * 37 % 211)
    }

    @Test("Lines of JSON are the same wherever pieces of the file end")
    func lines() throws {
        let lines = try texts.map { text in
            let row = try JSONEncoder().encode(["text": text])
            return String(decoding: row, as: UTF8.self) + (text.count % 5 == 0 ? "\r\n\n" : "\n")
        }
        try withFile(lines.joined(), as: "rows.jsonl") { path in
            let stream = try RowStream(path)
            var read: [String?] = []
            var number = 0
            while let line = try stream.next() {
                read.append(try line.value("text")?.stringValue)
                #expect(line.number > number)
                number = line.number
            }
            #expect(read == texts)
            #expect(stream.sha256 == (try ContentHash.ofFile(path)) && stream.read == stream.size)
        }
    }

    @Test("Records of a table too")
    func records() throws {
        let rows = texts.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\",b" }
        try withFile("text,other\r\n" + rows.joined(separator: "\r\n"), as: "rows.csv") { path in
            let stream = try RowStream(path)
            var line = 2
            for text in texts {
                let row = try #require(try stream.next())
                #expect(try row.value("text")?.stringValue == text)
                #expect(row.number == line)
                line += 1 + text.count { $0 == "\r\n" }
            }
            #expect(try stream.next() == nil)
            #expect(stream.sha256 == (try ContentHash.ofFile(path)))
        }
    }

    @Test("A row that is much longer than a piece is read, and one that is too long refused by its line")
    func long() throws {
        let text = String(repeating: "ab", count: 1 << 20)
        try withFile("{\"text\": \"\(text)\"}\n{\"text\": \"b\"}\n", as: "rows.jsonl") { path in
            let read = try DataFile.read(path).lines.map { line in try line.value("text")?.stringValue }
            #expect(read == [text, "b"])
        }
        let tooLong = String(repeating: "a", count: 10 << 20)
        try withFile("{\"text\": 1}\n{\"text\": \"\(tooLong)\"}\n", as: "rows.jsonl") { path in
            let error = #expect(throws: DatasetsError.self) { try DataFile.read(path) }
            #expect(error?.message == "\(path):2: the line is longer than 10485760 bytes.")
        }
    }

    @Test("What is left is read for the hash alone, from any row on")
    func drained() throws {
        try withFile(texts.indices.map { "{\"text\": \"\($0)\"}\n" }.joined(), as: "rows.jsonl") { path in
            let rows = try LaidOutRows(path)
            #expect(rows.sha256 == nil)
            _ = try rows.next()
            #expect(try rows.drain() == ContentHash.ofFile(path) && rows.share == 1)
        }
    }

    @Test("A column that no row has is told before what is wrong with the rows; one that a late row has is there")
    func columns() throws {
        let lines = (0..<50).map { "{\"q\": \"\($0)\", \"completion\": \"c\"}\n" }.joined()
        try withFile(lines + "{\"p\": \"x\", \"completion\": \"c\"}\n", as: "rows.jsonl") { path in
            let found = try LaidOutRows(path, columns: [.prompt: "p"]).rest()
            #expect(found.lines.count == 51)
            let error = #expect(throws: DatasetsError.self) {
                _ = try TrainingRowStream(LaidOutRows(path, columns: [.prompt: "qq"]), format: nil)
            }
            #expect(error?.message.contains("No row of \(path) has the key \"qq\"") == true, "\(error?.message ?? "")")
        }
    }

    @Test("Complaints about rows come together at the end")
    func complaints() throws {
        let rows = (0..<30).map { "{\"prompt\": \"p\", \"completion\": \"\($0 < 5 ? "c" : "")\"}\n" }.joined()
        try withFile(rows, as: "rows.jsonl") { path in
            var stream = try TrainingRowStream(LaidOutRows(path), format: nil)
            var count = 0
            let error = #expect(throws: DatasetsError.self) {
                while try stream.next() != nil { count += 1 }
            }
            let lines = error?.message.split(separator: "\n") ?? []
            #expect(count == 5 && lines.count == 21 && lines.first == "\(path):6: the completion is empty.")
        }
    }

    @Test("Texts that Swift calls equal have the same digest, and others another")
    func digests() {
        #expect(RowDigest("caf\u{E9}") == RowDigest("cafe\u{301}") && RowDigest("a") != RowDigest("b"))
        #expect(RowDigest("\u{1100}\u{1161}") == RowDigest("\u{AC00}") && RowDigest("") == RowDigest(""))
    }
}

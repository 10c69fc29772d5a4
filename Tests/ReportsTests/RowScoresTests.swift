import Foundation
import Reports
import Testing

@Suite("scores.jsonl")
struct RowScoresTests {
    private func row(_ line: Int, correct: Bool? = true) -> RowScores.Row {
        RowScores.Row(
            line: line, sha256: String(repeating: "a", count: 64), slice: "movies", tokens: 2,
            base: .init(correct: correct, loss: 1.5), adapter: .init(correct: correct, loss: 0.25))
    }

    @Test("One line says what was scored, and each after it is a row; keys are those of version 1")
    func lines() throws {
        let data = try RowScores(file: "test.jsonl", sha256: "ff", rows: [row(1), row(7, correct: nil)]).encoded()
        let digest = String(repeating: "a", count: 64)
        #expect(
            String(decoding: data, as: UTF8.self) == """
                {"file":"test.jsonl","rows":2,"sha256":"ff","version":1}
                {"adapter":{"correct":true,"loss":0.25},"base":{"correct":true,"loss":1.5},"line":1,"sha256":"\(digest)","slice":"movies","tokens":2}
                {"adapter":{"loss":0.25},"base":{"loss":1.5},"line":7,"sha256":"\(digest)","slice":"movies","tokens":2}

                """)
    }

    @Test("What is written reads back")
    func roundTrip() throws {
        let scores = RowScores(file: "test.jsonl", sha256: nil, rows: (1...50).map { row($0) })
        #expect(RowScores(try scores.encoded()) == scores)
        let empty = RowScores(file: "test.jsonl", sha256: nil, rows: [])
        #expect(RowScores(try empty.encoded()) == empty)
    }

    @Test("More rows than a file may have are left out, and counted")
    func bounded() throws {
        let scores = RowScores(
            file: "test.jsonl", sha256: nil, rows: (1...RowScores.most + 3).map { row($0) })
        #expect(scores.rows.count == RowScores.most && scores.header.leftOut == 3)
    }

    @Test(
        "A file that was not written so is none",
        arguments: [
            "", "\n", "{}", #"{"version":2,"file":"a","rows":0}"#, #"{"version":1,"file":"a","rows":1}"#,
            #"{"version":1,"file":"a","rows":1}\#n{"line":1}"#, #"{"version":1,"file":"a","rows":-1}"#,
            "{\"version\":1,\"file\":\"\(String(repeating: "a", count: 100_000))\",\"rows\":0}",
            String(repeating: "[", count: 200_000),
        ])
    func hostile(text: String) {
        #expect(RowScores(Data(text.utf8)) == nil)
    }

    @Test("A loss that no number is, and a line cut in two, make a file none")
    func damaged() throws {
        let whole = String(
            decoding: try RowScores(file: "a", sha256: nil, rows: [row(1), row(2)]).encoded(), as: UTF8.self)
        #expect(RowScores(Data(whole.utf8)) != nil)
        #expect(RowScores(Data(whole.replacingOccurrences(of: "0.25", with: "1e999").utf8)) == nil)
        #expect(RowScores(Data(whole.dropLast(20).utf8)) == nil)
    }
}

import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Training rows")
struct TrainingRowReaderTests {
    private func read(_ lines: String..., format: RowFormat? = nil) throws -> (rows: [TrainingRow], format: RowFormat) {
        try withFile(lines) { try TrainingRowReader.read($0, format: format) }
    }

    private func withFile<Result>(_ lines: [String], _ body: (String) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            let path = folder + "/rows.jsonl"
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
            return try body(path)
        }
    }

    private func message(_ lines: String..., format: RowFormat? = nil) throws -> String {
        try withFile(lines) { path in
            let error = #expect(throws: (any Error).self) { try TrainingRowReader.read(path, format: format) }
            let text = (error as? any LocalizedError)?.errorDescription ?? ""
            return text.replacingOccurrences(of: path, with: "rows.jsonl")
        }
    }

    @Test("The first row's keys tell the format, prompt and completion before all others")
    func inferred() throws {
        let full = #"{"prompt": "p", "completion": " c", "text": "p c", "score": NaN, "note": "\ud83d"}"#
        let (rows, format) = try read(full)
        #expect(rows == [.completion(prompt: "p", completion: " c")] && format == .promptCompletion)
        #expect(try read(full, format: .text).rows == [.text("p c")])
        #expect(try read(#"{"text": "t"}"#).format == .text)
    }

    @Test("Beside the training rows a file is read in their format where it has the keys, else in its own")
    func beside() throws {
        let full = #"{"prompt": "p", "completion": " c", "text": "t"}"#
        func rows(_ row: String, beside training: RowFormat) throws -> [TrainingRow] {
            try withFile([row]) { try TrainingRowReader.read($0, beside: training) }
        }
        #expect(try rows(full, beside: .text) == [.text("t")])
        #expect(try rows(full, beside: .messages) == [.completion(prompt: "p", completion: " c")])
        #expect(try rows(#"{"text": "t"}"#, beside: .promptCompletion) == [.text("t")])
    }

    @Test("Every wrong row is named, with the column of what is no JSON")
    func mistakes() throws {
        let found = try message(
            #"{"prompt": "p", "completion": " c"}"#, #"{"prompt": "p", "completion": NaN}"#,
            #"{"prompt": "p", "completion": "\ud83d"}"#, #"{"prompt": "p", "completion": 3}"#,
            #"{"prompt": "p", "completoin": "c"}"#, #"{"prompt": "p", "completion": "c", "prompt": "q"}"#,
            #"{"prompt": "p", "completion": ""}"#)
        #expect(
            found == """
                rows.jsonl:2:31: "completion" cannot be read: a value was expected, 'N' found.
                rows.jsonl:3:32: "completion" cannot be read: a high surrogate (\\ud83d) stands without its other half.
                rows.jsonl:4: 'completion' is an integer, a string was expected.
                rows.jsonl:5: 'completion' is missing; 'completoin' was found.
                rows.jsonl:6:36: "prompt" cannot be read: the key "prompt" stands a second time.
                rows.jsonl:7: the completion is empty.
                """)
    }

    @Test("A file without rows, keys of no format and another trainer's rows are refused")
    func refused() throws {
        #expect(try message("", " ") == "rows.jsonl holds no rows.")
        #expect(try message(#"{"question": "q"}"#) == "rows.jsonl:1: the row's keys are those of no format.")
        #expect(try message(#"{"instruction": "say", "response": "yes"}"#).contains("Dolly's layout"))
        #expect(try message(#"{"prompt": [], "completion": []}"#).contains("TRL's conversational layout"))
    }
}

import Datasets
import TestSupport
import Testing
import Tokenizers

@Suite("Evaluation rows")
struct EvaluationRowsTests {
    private func read(
        _ lines: String..., beside training: RowFormat? = nil, sliceBy: String? = nil
    ) throws -> [EvaluationRow] {
        try withTemporaryFolder { folder in
            try EvaluationRows.read(write(lines, in: folder), beside: training, sliceBy: sliceBy)
        }
    }

    /// The message of the one error, without the folder that the file lay in.
    private func complaint(_ lines: String..., beside training: RowFormat? = nil, sliceBy: String? = nil) throws
        -> String
    {
        try withTemporaryFolder { folder in
            let path = try write(lines, in: folder)
            let error = failure { _ = try EvaluationRows.read(path, beside: training, sliceBy: sliceBy) }
            #expect(error?.code == .malformed)
            return error?.message.replacingOccurrences(of: folder + "/", with: "") ?? ""
        }
    }

    @Test("Rows come in order with their lines, blank ones counted, and their slices as text")
    func promptCompletion() throws {
        let rows = try read(
            #"{"prompt": "p", "completion": " c", "year": 2014}"#, "",
            #"{"prompt": "", "completion": "d", "year": "x"}"#,
            #"{"prompt": "q", "completion": "e", "year": true, "more": null}"#, sliceBy: "year")
        #expect(rows.map(\.line) == [1, 3, 4])
        #expect(rows.map(\.slice) == ["2014", "x", "true"])
        #expect(rows[0].content == .promptCompletion(prompt: "p", completion: " c"))
        #expect(rows[1].content == .promptCompletion(prompt: "", completion: "d"))
    }

    @Test("The first row's fields tell the format; unasked, no row has a slice")
    func inferred() throws {
        #expect(try read(#"{"text": "t"}"#) == [EvaluationRow(line: 1, slice: nil, content: .text("t"))])
        let messages = #"{"messages": [{"role": "user", "content": "u"}, {"role": "assistant", "content": "a"}]}"#
        let turns = [ChatMessage(role: "user", content: "u"), ChatMessage(role: "assistant", content: "a")]
        #expect(try read(messages).map(\.content) == [.messages(Conversation(turns))])
    }

    @Test("Fields of two formats are ambiguous unless one is the training rows'")
    func ambiguous() throws {
        let row = #"{"prompt": "p", "completion": "c", "text": "t"}"#
        #expect(
            try complaint(row).contains("data.jsonl:1: the fields `prompt`, `completion`, `text` fit more than one"))
        #expect(try read(row, beside: .text).map(\.content) == [.text("t")])
        #expect(
            try read(row, beside: .promptCompletion).map(\.content) == [.promptCompletion(prompt: "p", completion: "c")]
        )
        // Rows that lack the training's keys are read by their own.
        #expect(try read(#"{"text": "t"}"#, beside: .promptCompletion).map(\.content) == [.text("t")])
        #expect(try complaint(row, beside: .messages).contains("fit more than one"))
    }

    @Test("Fields of no format are named beside what the formats need")
    func unknownFormat() throws {
        let message = try complaint(#"{"question": "q", "answer": "a"}"#)
        #expect(message.hasPrefix("data.jsonl:1: the fields `question`, `answer` fit none of the formats"))
        #expect(message.contains("prompt_completion (prompt, completion)"))
    }

    @Test("What is no JSON matters in a field that is read, and there has a column")
    func faults() throws {
        let good = #"{"prompt": "p", "completion": "c", "score": NaN, "note": "\ud83d", "score": 1}"#
        #expect(try read(good).map(\.content) == [.promptCompletion(prompt: "p", completion: "c")])
        #expect(
            try complaint(good, sliceBy: "score").hasPrefix(#"data.jsonl:1:45: "score" cannot be read: a value was"#))
    }

    @Test("Another trainer's rows are named")
    func foreign() throws {
        try withTemporaryFolder { folder in
            let path = try write([#"{"instruction": "say", "response": "yes"}"#], in: folder)
            let error = #expect(throws: DatasetsError.self) { try EvaluationRows.read(path) }
            #expect(error?.message.contains("Dolly's layout") == true)
        }
    }

    @Test("A missing field is named with the line and the closest field there is")
    func missingField() throws {
        let message = try complaint(
            #"{"prompt": "p", "completion": "c"}"#, "", #"{"prompt": "p", "completoin": "c"}"#)
        #expect(
            message == "data.jsonl:3: the field `completion` is missing; there is `prompt`, `completoin`. "
                + "Did you mean `completoin`?")
    }

    @Test(
        "Each malformed row is refused by line and field",
        arguments: [
            (#"{"prompt": 7, "completion": "c"}"#, "the field `prompt` must be a string, but an integer was found."),
            (#"{"prompt": "p", "completion": ""}"#, "the completion is empty: there is nothing to score."),
            (#"{"prompt": "p", "completion": null}"#, "the field `completion` must be a string, but null was found."),
        ])
    func malformed(row: String, problem: String) throws {
        let good = #"{"prompt": "p", "completion": "c"}"#
        #expect(try complaint(good, row) == "data.jsonl:2: " + problem)
    }

    @Test(
        "Each malformed conversation is refused by line and field",
        arguments: [
            (#"{"messages": []}"#, "'messages' must be a list of at least one message."),
            (
                #"{"messages": ["hi"]}"#,
                "message 1 is a string; an object with role and content was expected."
            ),
            (#"{"messages": [{"role": "user"}]}"#, "message 1 lacks a content."),
        ])
    func malformedMessages(row: String, problem: String) throws {
        #expect(try complaint(row) == "data.jsonl:1: " + problem)
    }

    @Test(
        "A slice must have a name of its own",
        arguments: [
            (#""domain": """#, "the field `domain` names the slice, but it is empty."),
            (#""domain": "all""#, "the slice name `all` is taken by the slice of all rows."),
            (#""domain": 1.5"#, "the field `domain` names the slice, so it must be a string, but a number was found."),
            (#""domian": "x""#, "the field `domain` is missing; there is `text`, `domian`. Did you mean `domian`?"),
        ])
    func sliceNames(field: String, problem: String) throws {
        #expect(try complaint("{\"text\": \"t\", \(field)}", sliceBy: "domain") == "data.jsonl:1: " + problem)
    }

    @Test("A file without rows is refused")
    func empty() throws {
        #expect(try complaint("", " ") == "data.jsonl holds no rows.")
    }

    @Test("A line that is no JSON object is refused by its number")
    func notJSON() throws {
        try withTemporaryFolder { folder in
            for line in ["{", "[1]"] {
                let path = try write([#"{"text": "t"}"#, line], in: folder)
                let error = #expect(throws: DatasetsError.self) { try EvaluationRows.read(path) }
                #expect(error?.message.hasPrefix("\(path):2:\(line == "{" ? 2 : 1): ") == true)
            }
        }
    }
}

import Datasets
import Foundation
import TestSupport
import Testing
import Tokenizers

@Suite("Columns and other trainers' layouts")
struct RowLayoutTests {
    private func file(_ rows: [String]) throws -> RowFile {
        try withTemporaryFolder { folder in
            try Data(rows.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder + "/rows.jsonl"))
            let read = try DataFile.read(folder + "/rows.jsonl")
            return RowFile(path: "rows.jsonl", sha256: read.sha256, lines: read.lines)
        }
    }

    private func rows(_ file: RowFile, _ columns: [RowKey: String] = [:]) throws -> [TrainingRow] {
        try TrainingRowReader.read(file.laidOut(columns: columns).file, format: nil).rows
    }

    private func message(_ body: () throws -> Void) -> String {
        let error = #expect(throws: DatasetsError.self) { try body() }
        return error?.message ?? ""
    }

    @Test("A file's own keys are read as prompt and completion, text and label, and as messages")
    func columns() throws {
        let questions = try file([#"{"question": "q", "answer": " a", "prompt": 7}"#])
        #expect(
            try rows(questions, [.prompt: "question", .completion: "answer"])
                == [.completion(prompt: "q", completion: " a")])
        #expect(try rows(file([#"{"body": "b"}"#]), [.text: "body"]) == [.text("b")])
        let labelled = try file([#"{"a": "x", "b": "y", "stars": 3, "kind": "z"}"#])
            .laidOut(columns: [.text: "a", .textPair: "b", .label: "stars", .slice: "kind"]).file
        let row = try #require(try LabelledRows.read(labelled, sliceBy: "slice").first)
        #expect(row == LabelledRow(line: 1, text: "x", pair: "y", label: .number(3), slice: "z"))
        let dialog = try file([#"{"dialog": [{"role": "assistant", "content": "c"}]}"#])
        #expect(try rows(dialog, [.messages: "dialog"]) == [.messages(Conversation([Self.turn("assistant", "c")]))])
    }

    private static func turn(_ role: String, _ content: String) -> ChatMessage {
        ChatMessage(role: role, content: content)
    }

    @Test("Evaluation rows are read by the columns, slices included")
    func evaluation() throws {
        let read = try file([#"{"q": "p", "a": "c", "domain": "film"}"#])
            .laidOut(columns: [.prompt: "q", .completion: "a", .slice: "domain"], isBeside: true).file
        for name in ["slice", "domain"] {
            let row = try #require(try EvaluationRows.read(read, sliceBy: name).first)
            #expect(row.slice == "film" && row.content == .promptCompletion(prompt: "p", completion: "c"))
        }
    }

    @Test("A column that no row has is told with the closest key; a later row's, by its line")
    func mistakes() throws {
        let questions = try file([#"{"question": "q", "answer": "a"}"#, #"{"qestion": "q", "answer": "a"}"#])
        #expect(
            message { _ = try rows(questions, [.prompt: "questoin", .completion: "answer"]) }
                == "No row of rows.jsonl has the key \"questoin\", which dataset.columns names for prompt. "
                + "Did you mean \"question\"?")
        #expect(
            message { _ = try rows(questions, [.prompt: "question", .completion: "answer"]) }
                == "rows.jsonl:2: 'question' is missing; 'qestion' was found.")
    }

    @Test("Beside the training rows a file may have lorad's own keys, which is noted")
    func beside() throws {
        let own = try file([#"{"prompt": "q", "answer": "a"}"#])
        let (read, notes) = try own.laidOut(columns: [.prompt: "question", .completion: "answer"], isBeside: true)
        #expect(try TrainingRowReader.read(read, format: nil).rows == [.completion(prompt: "q", completion: "a")])
        #expect(notes.count == 1 && notes[0].contains("its own 'prompt' is read"), "\(notes)")
    }

    @Test("Alpaca's rows have the prompts that Alpaca was trained on, word by word")
    func alpaca() throws {
        let alpaca = try file([
            #"{"instruction": "Add.", "input": "1 2", "output": "3", "score": NaN}"#,
            #"{"instruction": "Say yes.", "input": "", "output": "yes"}"#,
            #"{"instruction": "Say no.", "input": null, "output": "no"}"#,
        ])
        let (read, notes) = try alpaca.laidOut()
        #expect(notes.count == 1 && notes[0].hasPrefix("rows.jsonl is in Alpaca's layout"))
        let plain =
            "Below is an instruction that describes a task. Write a response that appropriately completes the request."
            + "\n\n### Instruction:\n"
        let paired =
            "Below is an instruction that describes a task, paired with an input that provides further context. "
            + "Write a response that appropriately completes the request.\n\n### Instruction:\nAdd.\n\n"
            + "### Input:\n1 2\n\n### Response:"
        #expect(
            try TrainingRowReader.read(read, format: .promptCompletion).rows == [
                .completion(prompt: paired, completion: "3"),
                .completion(prompt: plain + "Say yes.\n\n### Response:", completion: "yes"),
                .completion(prompt: plain + "Say no.\n\n### Response:", completion: "no"),
            ])
        let renamed = try file([#"{"task": "t", "response": "r"}"#])
        #expect(try rows(renamed, [.instruction: "task", .output: "response"]).count == 1)
    }

    @Test("A row that has lorad's keys as well, or that another format is asked for, is no such layout")
    func own() throws {
        let both = try file([#"{"instruction": "i", "output": "o", "text": "t"}"#])
        #expect(try rows(both) == [.text("t")])
        #expect(try both.laidOut(expecting: ["prompt", "completion"]).notes.count == 1)
        #expect(try file([#"{"instruction": "i", "output": "o"}"#]).laidOut(expecting: ["text"]).notes.isEmpty)
    }

    @Test("ShareGPT's turns become messages by who speaks, with their weights, a system prompt and tools")
    func shareGPT() throws {
        let shared = try file([
            #"{"conversations": [{"from": "human", "value": "h"}, {"from": "gpt", "value": "g", "weight": 0}], "#
                + #""system": "s", "tools": "[{\"name\": \"t\"}]"}"#,
            #"{"conversations": [{"from": "system", "value": "s"}, {"from": "Human", "value": "h"}, "#
                + #"{"from": "observation", "value": "o"}, {"role": "assistant", "content": "a"}]}"#,
        ])
        let (read, notes) = try shared.laidOut()
        #expect(notes.count == 1 && notes[0].contains("ShareGPT's layout"))
        let (rows, format) = try TrainingRowReader.read(read, format: nil)
        #expect(format == .messages)
        guard case .messages(let first) = rows[0], case .messages(let second) = rows[1] else {
            Issue.record("no conversations")
            return
        }
        #expect(first.messages.map(\.role) == ["system", "user", "assistant"])
        #expect(first.messages.map(\.content) == ["s", "h", "g"])
        #expect(first.messages[2].mark == false && first.tools.count == 1)
        #expect(second.messages.map(\.role) == ["system", "user", "tool", "assistant"])
    }

    @Test(
        "What is wrong in ShareGPT's and Alpaca's rows is told by line",
        arguments: [
            (
                #"{"conversations": [{"from": "human", "value": "h"}, {"from": "alien", "value": "g"}]}"#,
                #"rows.jsonl:1: turn 2 is from "alien"; known are assistant, bot,"#
            ),
            (#"{"conversations": [{"from": "gpt", "valeu": "g"}]}"#, "turn 1 lacks 'value'; \"valeu\" was found."),
            (#"{"conversations": [{"value": "g"}]}"#, "turn 1 is from nobody: 'from' is missing"),
            (#"{"conversations": ["hi"]}"#, "turn 1 is a string; an object with from and value was expected."),
            (#"{"conversations": "hi"}"#, "\"conversations\" is a string, a list of turns was expected."),
            (#"{"instruction": 1, "output": "o"}"#, "rows.jsonl:1: \"instruction\" is an integer"),
        ])
    func faults(_ row: String, _ text: String) throws {
        let found = message { _ = try rows(file([row])) }
        #expect(found.contains(text), "\(found)")
    }
}

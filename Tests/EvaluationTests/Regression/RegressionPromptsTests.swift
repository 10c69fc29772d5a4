import Datasets
import Evaluation
import TestSupport
import Testing
import Tokenizers

@Suite("Files of regression prompts")
struct RegressionPromptsTests {
    private func complaints(_ lines: String...) throws -> [String] {
        try withTemporaryFolder { folder in
            let path = try write(lines, to: "prompts.jsonl", in: folder)
            let error = failure { _ = try RegressionPrompts.read(path) }
            #expect(error?.code == .malformed)
            return (error?.message ?? "").replacingOccurrences(of: folder + "/", with: "")
                .split(separator: "\n").map(String.init)
        }
    }

    @Test("Prompts come in order with every kind of expectation")
    func good() throws {
        let lines = [
            #"{"id": "one", "prompt": "p"}"#, #"{"id": "two", "prompt": "q", "expect": null}"#, "",
            #"{"id": "3", "prompt": "r", "expect": {"not_contains": "n", "contains": "c", "equals": "", "matches": "^m$"}}"#,
        ]
        let prompts = try withTemporaryFolder { try RegressionPrompts.read(write(lines, in: $0)) }
        let pattern = try #require(RegularExpression("^m$"))
        #expect(
            prompts == [
                RegressionPrompt(id: "one", prompt: "p"), RegressionPrompt(id: "two", prompt: "q"),
                RegressionPrompt(
                    id: "3", prompt: "r",
                    expectations: [.contains("c"), .equals(""), .matches(pattern), .notContains("n")]),
            ])
    }

    @Test("A conversation in a prompt's place is written by the template, and told of where there is none")
    func conversations() throws {
        let line = #"{"id": "one", "messages": [{"role": "user", "content": "hi"}], "expect": {"contains": "h"}}"#
        let prompts = try withTemporaryFolder { folder in
            try RegressionPrompts.read(write([line], in: folder)) { conversation in
                "<\(conversation.messages.map(\.content).joined())>"
            }
        }
        #expect(
            prompts == [RegressionPrompt(id: "one", prompt: "<hi>", isRendered: true, expectations: [.contains("h")])])
        #expect(try complaints(line)[0].contains("dataset.chat_template"))
        #expect(try complaints(#"{"id": "a", "prompt": "p", "messages": []}"#)[0].contains("unknown field `messages`"))
    }

    @Test("Every mistake of a file is told at once, by its line")
    func everyMistake() throws {
        let found = try complaints(
            #"{"id": "a", "prompt": "p", "expects": {"contains": "x"}}"#, #"{"id": "a", "prompt": "p"}"#,
            #"{"id": "", "promt": "p"}"#, #"{"id": "b", "prompt": "p", "expect": {}}"#,
            #"{"id": "c", "prompt": "p", "expect": {"contain": "x"}}"#,
            #"{"id": "d", "prompt": "p", "expect": {"matches": "(", "contains": ""}}"#,
            #"{"id": "e", "prompt": "p", "expect": "x"}"#, #"{"id": 5, "prompt": "p"}"#)
        let expected = [
            "prompts.jsonl:1: unknown field `expects`; known are `id`, `prompt`, `expect`. Did you mean `expect`?",
            "prompts.jsonl:2: the id \"a\" is already taken by line 1.",
            "prompts.jsonl:3: unknown field `promt`; known are `id`, `prompt`, `expect`. Did you mean `prompt`?",
            "prompts.jsonl:3: the field `id` is empty.",
            "prompts.jsonl:3: the field `prompt` is missing; there is `id`, `promt`. Did you mean `promt`?",
            "prompts.jsonl:4: `expect` must be an object with one of `contains`, `equals`, `matches`, `not_contains`.",
            "prompts.jsonl:5: unknown field `contain`; known are `contains`, `equals`, `matches`, `not_contains`."
                + " Did you mean `contains`?",
            "prompts.jsonl:6: the field `contains` is empty.",
            "prompts.jsonl:6: `matches` is not a regular expression in ICU's dialect: \"(\".",
            "prompts.jsonl:7: `expect` must be an object with one of `contains`, `equals`, `matches`, `not_contains`.",
            "prompts.jsonl:8: the field `id` must be a string, but an integer was found.",
        ]
        #expect(found == expected)
    }

    @Test("Of many mistakes the first twenty are told, and long names are cut")
    func manyMistakes() throws {
        let found = try complaints([String](repeating: #"{"id": 1, "prompt": "p"}"#, count: 50).joined(separator: "\n"))
        #expect(found.count == 21 && found.last == "and 30 mistakes more", "\(found.count)")
        let keys = (0..<50).map { #""key\#($0)": 0"# } + ["\"\(String(repeating: "x", count: 9000))\": 0"]
        let long = try complaints("{\(keys.joined(separator: ", "))}")
        #expect(long.allSatisfy { $0.utf8.count < 1000 }, "\(long.map(\.utf8.count))")
    }

    @Test("A file without prompts proves nothing and is refused")
    func empty() throws {
        #expect(try complaints("") == ["prompts.jsonl holds no prompts."])
    }

    @Test("A file that is not there, or a line that is not JSON, is an error of reading")
    func unreadable() throws {
        try withTemporaryFolder { folder in
            let missing = #expect(throws: DatasetsError.self) { try RegressionPrompts.read(folder + "/none") }
            #expect(missing?.code == .missing)
            let path = try write([#"{"id": "a", "prompt": "p"}"#, "id: b"], in: folder)
            let malformed = #expect(throws: DatasetsError.self) { try RegressionPrompts.read(path) }
            #expect(malformed?.message.hasPrefix(path + ":2:1: a value was expected") == true)
        }
    }
}

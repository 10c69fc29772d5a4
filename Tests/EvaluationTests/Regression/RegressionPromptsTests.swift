import Datasets
import Evaluation
import TestSupport
import Testing
import Tokenizers

@Suite("Files of regression prompts")
struct RegressionPromptsTests {
    private static let conditions =
        "`contains`, `icontains`, `equals`, `matches`, `not_contains`, `json_schema`, `max_tokens`, `tool_call`"

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
            "prompts.jsonl:1: unknown field `expects`; known are `id`, `prompt`, `expect`, `assert`. Did you mean `expect`?",
            "prompts.jsonl:2: the id \"a\" is already taken by line 1.",
            "prompts.jsonl:3: unknown field `promt`; known are `id`, `prompt`, `expect`, `assert`. Did you mean `prompt`?",
            "prompts.jsonl:3: the field `id` is empty.",
            "prompts.jsonl:3: the field `prompt` is missing; there is `id`, `promt`. Did you mean `promt`?",
            "prompts.jsonl:4: `expect` must be an object with one of \(Self.conditions).",
            "prompts.jsonl:5: unknown field `contain`; known are \(Self.conditions). Did you mean `contains`?",
            "prompts.jsonl:6: the field `contains` is empty.",
            "prompts.jsonl:6: `matches` is not a regular expression in ICU's dialect: \"(\".",
            "prompts.jsonl:7: `expect` must be an object with one of \(Self.conditions).",
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

    private func judge(_ conditions: String, _ text: String, tokens: Int = 1) throws -> ExpectationResult? {
        let line = #"{"id": "one", "prompt": "p", \#(conditions)}"#
        let prompts = try withTemporaryFolder { try RegressionPrompts.read(write([line], in: $0)) }
        return prompts[0].judge(Generation(ids: [Int](repeating: 1, count: tokens), endToken: 2, text: text))
    }

    @Test("A schema, a length and a call are read and judged by")
    func conditions() throws {
        let schema = #""expect": {"json_schema": {"type": "object", "required": ["city"]}}"#
        #expect(try judge(schema, #" {"city": "Paris"}"#)?.passed == true)
        #expect(try judge(schema, "{}")?.reason == "The JSON lacks \"city\".")
        #expect(try judge(schema, "Paris")?.reason?.contains("is not valid JSON") == true)
        #expect(try judge(#""expect": {"max_tokens": 2}"#, "x", tokens: 3)?.passed == false)
        let call = #""expect": {"tool_call": {"name": "weather", "arguments": {"city": "Paris", "days": 2}}}"#
        let made = #"<tool_call>{"name": "weather", "arguments": {"days": 2.0, "city": "Paris"}}</tool_call>"#
        #expect(try judge(call, made)?.passed == true)
        #expect(try judge(call, made.replacingOccurrences(of: "2.0", with: "3"))?.passed == false)
        #expect(
            try judge(call, made.replacingOccurrences(of: "weather", with: "time"))?.reason
                == "The text calls \"time\", not \"weather\".")
        #expect(try judge(call, "no")?.reason == "The text holds no call of a tool.")
        let shaped =
            #""expect": {"tool_call": {"name": "weather", "arguments_schema": {"properties": {"days": {"maximum": 1}}}}}"#
        #expect(
            try judge(shaped, made)?.reason == "Of the arguments of \"weather\": days is 2.0, beyond `maximum` 1.0.")
        #expect(try judge(#""expect": {"tool_call": {"name": "weather"}}"#, made)?.passed == true)
    }

    @Test("promptfoo's assertions are read beside lorad's own; all must hold")
    func promptfoo() throws {
        let line = #"""
            {"id": "one", "prompt": "p", "expect": {"contains": "c"}, "assert": [{"type": "contains", "value": "a"}, \#
            {"type": "icontains", "value": "B"}, {"type": "equals", "value": ""}, {"type": "regex", "value": "^a"}, \#
            {"type": "not-contains", "value": "n"}, {"type": "is-json"}, {"type": "is-json", "value": {"type": "array"}}]}
            """#
        let prompts = try withTemporaryFolder { try RegressionPrompts.read(write([line], in: $0)) }
        #expect(
            prompts[0].expectations.map(\.key) == [
                "contains", "contains", "icontains", "equals", "matches", "not_contains", "json_schema", "json_schema",
            ])
        #expect(prompts[0].expectations.map(\.value).suffix(2) == ["true", #"{"type": "array"}"#])
    }

    @Test("What of a condition is not read is told by line and column")
    func columns() throws {
        let found = try complaints(
            #"{"id": "a", "prompt": "p", "expect": {"json_schema": {"properties": {"x": {"typ": "string"}}}}}"#,
            #"{"id": "é", "prompt": "p", "assert": [{"type": "contains", "value": "a"}, {"type": "llm-rubric", "value": "b"}]}"#,
            #"{"id": "c", "prompt": "p", "assert": [{"type": "contains", "value": "a", "threshold": 1}]}"#,
            #"{"id": "d", "prompt": "p", "expect": {"max_tokens": 0, "tool_call": {"nam": "x"}}}"#,
            #"{"id": "e", "prompt": "p", "expect": {"tool_call": {"name": "x", "args": {}}}, "assert": []}"#)
        try #require(found.count == 7, "\(found)")
        #expect(found[0].hasPrefix("prompts.jsonl:1:76: the schema's keyword \"typ\" is not read; read are `type`,"))
        #expect(found[0].hasSuffix("Did you mean `type`?"))
        #expect(
            found[1]
                == "prompts.jsonl:2:76: assertions of type \"llm-rubric\" are not read; read are `contains`, `icontains`, "
                + "`equals`, `regex`, `not-contains`, `is-json`.")
        #expect(found[2].hasPrefix("prompts.jsonl:3:74: the assertion's field `threshold` is not read"))
        #expect(found[3] == "prompts.jsonl:4:39: `max_tokens` must be a whole number above 0.")
        #expect(found[4] == "prompts.jsonl:4:56: `tool_call` must be an object with the tool's `name`.")
        #expect(found[5].hasPrefix("prompts.jsonl:5:66: `tool_call` has no \"args\"; known are `name`, `arguments`"))
        #expect(found[6] == "prompts.jsonl:5: `assert` must be a list of `{\"type\", \"value\"}`.")
    }
}

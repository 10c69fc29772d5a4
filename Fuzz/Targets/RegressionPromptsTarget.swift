import Evaluation

/// Regression prompts with what they expect: an author's patterns, tried on what a model wrote.
package struct RegressionPromptsTarget: FuzzTarget {
    package static let name = "regression-prompts"

    /// More of them say nothing more of the reader, and cost the fuzzer its speed.
    private static let most = 16
    /// Short: what a pattern without end may take of a long one is the bound of `RegularExpression`, half a second each.
    private static let texts = [
        "", "positive", "é e\u{301} 🦙 \u{0}\n", "aaaaaaaaaaaab", #"{"city": "Paris", "days": [1, 2.5, null]}"#,
        #"<tool_call>{"name": "weather", "arguments": {"city": "Paris"}}</tool_call>"#,
    ]

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        let path = try scratch.write(bytes, as: "prompts.jsonl")
        guard let prompts = try accepted({ try RegressionPrompts.read(path) }) else { return }
        try require(Set(prompts.map(\.id)).count == prompts.count, "two prompts of one id")
        for prompt in prompts.prefix(Self.most) {
            for text in Self.texts {
                let answer = Generation(ids: [1, 2], endToken: text.isEmpty ? nil : 3, text: text)
                let result = prompt.judge(answer)
                try require((result == nil) == prompt.expectations.isEmpty, "judged by nothing, or not judged")
                guard let result else { continue }
                try require(result.passed == (result.reason == nil), "failed without a reason, or passed with one")
                try require(result == prompt.judge(answer), "judged otherwise the second time")
            }
        }
    }
}

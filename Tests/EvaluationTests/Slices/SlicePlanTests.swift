import Datasets
import Evaluation
import Testing

@Suite("Rows made ready for models")
struct SlicePlanTests {
    private func row(_ line: Int, _ prompt: String, _ completion: String, slice: String? = nil) -> EvaluationRow {
        EvaluationRow(line: line, slice: slice, content: .promptCompletion(prompt: prompt, completion: completion))
    }

    private func plan(
        _ rows: [EvaluationRow], positions: Int = 64, _ options: SliceOptions = SliceOptions()
    ) throws -> SlicePlan {
        try SlicePlan(
            rows: rows, path: "data.jsonl", tokenizer: CharacterTokenizer(), maximumPositions: positions,
            options: options)
    }

    @Test("Rows that feed more tokens than the limit or the model's positions are counted, not scored")
    func overlong() throws {
        // Fed are all tokens but the last: 3, 4 and 5 of them.
        let rows = [row(1, "ab", "cd", slice: "x"), row(2, "abc", "cd", slice: "y"), row(3, "abcd", "ef", slice: "x")]
        let limited = try plan(rows, SliceOptions(maximumTokens: 4))
        #expect(limited.rows.map(\.line) == [1, 2])
        #expect(limited.overlong.map(\.line) == [3])
        #expect(limited.overlong.map(\.slice) == ["x"])
        #expect(try plan(rows, positions: 3, SliceOptions(maximumTokens: 4)).rows.map(\.line) == [1])
    }

    @Test("Where every row is too long, there is nothing to score and the limit is named")
    func allOverlong() {
        let error = failure { _ = try plan([row(1, "abc", "de")], SliceOptions(maximumTokens: 3)) }
        #expect(error?.message == "Every row of data.jsonl is longer than 3 tokens, so nothing can be scored.")
    }

    @Test("A completion that is no choice is refused by its line, with the closest choice")
    func notAChoice() {
        let error = failure {
            _ = try plan([row(1, "a", "bcd"), row(5, "a", "bce")], SliceOptions(choices: ["bcd", "efg"]))
        }
        #expect(error?.code == .malformed)
        #expect(
            error?.message == "data.jsonl:5: the completion \"bce\" is not among the choices \"bcd\", \"efg\"."
                + " Did you mean \"bcd\"?")
    }

    @Test(
        "Choices that cannot be told apart are refused",
        arguments: [
            (["a"], "evaluation.choices names one choice; at least two are needed."),
            (["a", "?"], "evaluation.choices holds an empty choice."),
            (["ab", "a?b"], "the choices \"ab\" and \"a?b\" are the same to the tokenizer."),
        ])
    func badChoices(choices: [String], problem: String) {
        let error = failure { _ = try plan([row(1, "c", "a")], SliceOptions(choices: choices)) }
        #expect(error?.code == .mismatch)
        #expect(error?.message == problem)
    }

    @Test("Choices need a prompt to come after, and rows that have completions")
    func choicesNeedPrompts() {
        let options = SliceOptions(choices: ["a", "b"])
        #expect(failure { _ = try plan([row(2, "", "a")], options) }?.message.hasPrefix("data.jsonl:2: ") == true)
        let text = EvaluationRow(line: 3, slice: nil, content: .text("ab"))
        #expect(failure { _ = try plan([text], options) }?.message.hasPrefix("data.jsonl:3: ") == true)
    }

    @Test("A row with nothing to score is refused by its line")
    func nothingToScore() {
        let error = failure { _ = try plan([row(1, "a", "b"), row(4, "", "a")]) }
        #expect(error?.message.hasPrefix("data.jsonl:4: the row has no token to score") == true)
    }

    @Test("Accuracy has no meaning for running text")
    func text() throws {
        #expect(try plan([row(1, "a", "b")]).hasAccuracy)
        #expect(try !plan([EvaluationRow(line: 1, slice: nil, content: .text("ab"))]).hasAccuracy)
    }
}

import Datasets
import Evaluation
import Foundation
import Testing

/// The model says b after a with probability 1/2, and each of the other eight tokens with 1/16.
@Suite("Slices by hand")
struct SliceEvaluationTests {
    private let successors = [1, 2, 3, 4, 5, 6, 7, 8, 8]
    private var model: FormulaModel { FormulaModel(successors: successors, lead: Float(log(8.0))) }

    private func rows(_ rows: [(prompt: String, completion: String, slice: String)]) -> [EvaluationRow] {
        rows.enumerated().map { index, row in
            EvaluationRow(
                line: index + 1, slice: row.slice,
                content: .promptCompletion(prompt: row.prompt, completion: row.completion))
        }
    }

    private func evaluation(
        _ rows: [EvaluationRow], _ options: SliceOptions = SliceOptions()
    ) throws -> SliceEvaluation {
        let plan = try SlicePlan(
            rows: rows, path: "data.jsonl", tokenizer: CharacterTokenizer(), maximumPositions: 64, options: options)
        return SliceEvaluation(plan: plan, options: options)
    }

    @Test("With choices: loss of the own completion, accuracy of the likelier choice, calibration of its confidence")
    func choices() throws {
        let rows = rows([("a", "b", "x"), ("a", "c", "x")])
        let slices = try evaluation(rows, SliceOptions(choices: ["b", "c"])).run(model).slices
        #expect(slices.map(\.name) == ["all", "x"])
        let found = slices[0].base
        // −ln(1/2) and −ln(1/16); the choices' softmax is 8/9 to 1/9, right once in two.
        expectClose(found.loss, (log(2.0) + log(16.0)) / 2, tolerance: 1e-6)
        expectClose(found.perplexity, sqrt(32), tolerance: 1e-5)
        #expect(found.accuracy == 0.5)
        expectClose(found.calibrationError, 16 / 18.0 - 0.5, tolerance: 1e-6)
        #expect(found.tokens == 2 && found.rows == 2)
        #expect(slices[0].adapter == nil)
        #expect(slices[1].base == found)
    }

    @Test("Choices compare summed log-likelihoods, and a tie goes to the first")
    func summed() throws {
        // After a: "bc" has 1/2 · 1/2, "d" has 1/16, "e" as much.
        let longer = try evaluation(rows([("a", "bc", "x")]), SliceOptions(choices: ["d", "bc"])).run(model).slices
        #expect(longer[0].base.accuracy == 1)
        expectClose(longer[0].base.loss, log(2.0), tolerance: 1e-6)
        expectClose(longer[0].base.calibrationError, 1 - 4 / 5.0, tolerance: 1e-6)
        let tied = try evaluation(rows([("a", "e", "x")]), SliceOptions(choices: ["d", "e"])).run(model).slices
        #expect(tied[0].base.accuracy == 0)
    }

    @Test("Without choices a row is right when decoding greedily would say exactly its completion")
    func greedy() throws {
        let rows = rows([("a", "bcd", "x"), ("a", "bcc", "x"), ("c", "d", "y"), ("c", "e", "y")])
        let slices = try evaluation(rows).run(model).slices
        #expect(slices.map(\.base.accuracy) == [0.5, 0.5, 0.5])
        #expect(slices[0].base.calibrationError == nil)
        // Tokens weigh the same, not rows: 6 of 1/2 and 2 of 1/16.
        expectClose(slices[0].base.loss, (6 * log(2.0) + 2 * log(16.0)) / 8, tolerance: 1e-6)
        let interval = try #require(slices[0].base.accuracyInterval)
        // k = 2, n = 4: ½ ± 1.95996/2 · √(1/4 + 3.84146/16) / (1 + 3.84146/4), by hand.
        expectClose(interval[0], 0.150039, tolerance: 1e-5)
        expectClose(interval[1], 0.849961, tolerance: 1e-5)
    }

    @Test("The slice of all comes first, then the names in order, each with its own and its overlong rows")
    func order() throws {
        let rows = rows([("a", "b", "zebra"), ("abc", "defg", "ant"), ("a", "b", "ant"), ("abc", "defg", "moth")])
        let slices = try evaluation(rows, SliceOptions(maximumTokens: 5)).run(model).slices
        #expect(slices.map(\.name) == ["all", "ant", "moth", "zebra"])
        #expect(slices.map(\.rows) == [2, 1, 0, 1])
        #expect(slices.map(\.overlong) == [2, 1, 1, 0])
        #expect(slices[2].base.loss == nil && slices[2].base.accuracy == nil)
    }

    @Test("The adapter is off for the base's figures, on for its own, and progress counts both")
    func adapter() throws {
        var isOn = true
        let switched = FormulaModel { prefix in
            (0..<9).map { $0 == (isOn ? 0 : prefix[prefix.count - 1] + 1) ? Float(log(8.0)) : 0 }
        }
        var heard: [Int] = []
        let result = try evaluation(rows([("a", "b", "x"), ("b", "a", "x")])).run(
            switched, setAdapterEnabled: { isOn = $0 },
            progress: { done, total in
                #expect(total == 4)
                heard.append(done)
            })
        let slices = result.slices
        #expect(isOn)
        #expect(slices[0].base.accuracy == 0.5 && slices[0].adapter?.accuracy == 0.5)
        expectClose(slices[0].base.loss, (log(2.0) + log(16.0)) / 2, tolerance: 1e-6)
        #expect(heard == [2, 4])
    }

    @Test("No call holds more tokens than it may, and how rows are cut into calls changes no figure")
    func calls() throws {
        let rows = rows([("abc", "d", "x"), ("ab", "c", "x"), ("a", "b", "x"), ("abcd", "f", "x")])
        let whole = try evaluation(rows).run(model).slices
        let counted = model
        let cut = try evaluation(rows, SliceOptions(tokensPerCall: 5)).run(counted).slices
        #expect(counted.calls == [4, 3, 3])
        #expect(cut == whole)
    }

    @Test("A stop is heard before the next call, and the adapter is left on")
    func stopped() throws {
        var calls = 0
        var isOn = true
        let evaluation = try evaluation(rows([("a", "b", "x"), ("b", "c", "x")]), SliceOptions(tokensPerCall: 1))
        let counted = model
        let error = failure {
            _ = try evaluation.run(
                counted, setAdapterEnabled: { isOn = $0 },
                shouldStop: {
                    calls += 1
                    return calls > 1
                })
        }
        #expect(error?.code == .interrupted)
        #expect(counted.calls == [1])
        #expect(isOn)
    }

    @Test("A log-probability that is not finite is an error naming file and line")
    func notFinite() throws {
        let broken = FormulaModel { prefix in [Float](repeating: prefix.last == 2 ? .nan : 0, count: 9) }
        let evaluation = try evaluation(rows([("a", "b", "x"), ("c", "d", "x")]))
        let error = failure { _ = try evaluation.run(broken) }
        #expect(error?.code == .notFinite)
        #expect(error?.message.hasPrefix("data.jsonl:2: ") == true)
    }
}

import Datasets
import Evaluation
import Foundation
import Testing
import Tokenizers

/// The model says b after a with probability 1/2, and each of the other eight tokens with 1/16; its base says nothing.
@Suite("What became of each row")
struct RowOutcomeTests {
    private func run(_ rows: [EvaluationRow], adapter: Bool = true) throws -> EvaluationResult {
        let plan = try SlicePlan(
            rows: rows, path: "data.jsonl", tokenizer: CharacterTokenizer(), maximumPositions: 4,
            options: SliceOptions())
        var isOn = true
        let model = FormulaModel { prefix in
            (0..<9).map { isOn && $0 == prefix[prefix.count - 1] + 1 ? Float(log(8.0)) : 0 }
        }
        return try SliceEvaluation(plan: plan, options: SliceOptions())
            .run(model, setAdapterEnabled: adapter ? { isOn = $0 } : nil)
    }

    private func row(_ line: Int, _ prompt: String, _ completion: String, _ slice: String?) -> EvaluationRow {
        EvaluationRow(
            line: line, slice: slice, content: .promptCompletion(prompt: prompt, completion: completion))
    }

    @Test("Each scored row has its line, slice, loss and outcome, for base and adapter")
    func rows() throws {
        let result = try run([row(1, "a", "bc", "x"), row(3, "a", "bcdefg", "x"), row(7, "b", "a", nil)])
        #expect(result.rows.map(\.line) == [1, 7])
        #expect(result.rows.map(\.slice) == ["x", nil])
        #expect(result.rows.map(\.tokens) == [2, 1])
        expectClose(result.rows[0].base.loss, 2 * log(9.0), tolerance: 1e-5)
        expectClose(try #require(result.rows[0].adapter).loss, 2 * log(2.0), tolerance: 1e-5)
        #expect(result.rows.map(\.adapter?.isCorrect) == [true, false])
        // Logits that are all alike choose the first token, which is a.
        #expect(result.rows.map(\.base.isCorrect) == [false, true])
        #expect(try run([row(1, "a", "b", nil)], adapter: false).rows[0].adapter == nil)
    }

    @Test("Running text has no outcome")
    func text() throws {
        let result = try run([EvaluationRow(line: 1, slice: nil, content: .text("abc"))])
        #expect(result.rows[0].base.isCorrect == nil && result.rows[0].adapter?.isCorrect == nil)
    }

    @Test("A row's digest is that of its parts, each with its length, wherever the row stands")
    func digest() throws {
        let result = try run([row(1, "a", "b", "x"), row(9, "a", "b", "y"), row(10, "a", "c", "x")])
        // printf '1:a1:b' | sha256sum
        #expect(result.rows[0].digest == "facdde7abf1eac5b301273ab2e282f79bab0100f058833a7b8bdf9f80741e149")
        #expect(result.rows[0].digest == result.rows[1].digest)
        #expect(result.rows[0].digest != result.rows[2].digest)
        #expect(RowDigest.of(["ab", "c"]) != RowDigest.of(["a", "bc"]))
    }
}

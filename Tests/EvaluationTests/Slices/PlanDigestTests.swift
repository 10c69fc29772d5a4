import Datasets
import Evaluation
import Testing

@Suite("What a plan asks, by its digest")
struct PlanDigestTests {
    private func plan(
        _ rows: [(String, String)], _ options: SliceOptions = SliceOptions(), slice: String = "x"
    ) throws -> SlicePlan {
        try SlicePlan(
            rows: rows.enumerated().map { index, row in
                EvaluationRow(
                    line: index + 1, slice: slice, content: .promptCompletion(prompt: row.0, completion: row.1))
            }, path: "data.jsonl", tokenizer: CharacterTokenizer(), maximumPositions: 64, options: options)
    }

    @Test("Another token, order, choice or rule is another digest; another slice is not")
    func digests() throws {
        let rows = [("a", "b"), ("ab", "c")]
        let ruled = SliceOptions(greedy: GreedyRule(endTokens: [8], needsEnd: true))
        let plans = [
            try plan(rows), try plan(rows.reversed()), try plan([("a", "b")]), try plan([("a", "c"), ("ab", "c")]),
            try plan([("a", "b"), ("a", "bc")]), try plan(rows, ruled),
            try plan(rows, SliceOptions(choices: ["b", "c"])),
            try plan(rows, SliceOptions(choices: ["c", "b"])), try plan(rows, SliceOptions(choices: ["b", "c", "d"])),
        ]
        #expect(Set(plans.map(\.digest)).count == plans.count)
        #expect(try plan(rows, slice: "y").digest == plans[0].digest)
    }

    @Test("Scores of other rows are not a plan's")
    func admitted() throws {
        let plan = try plan([("a", "b"), ("a", "bc")])
        func score(_ tokens: Int, _ confidence: Double? = nil) -> RowScore {
            RowScore(negativeLogLikelihood: 1, tokens: tokens, isCorrect: true, confidence: confidence)
        }
        #expect(plan.admits([score(1), score(2)]))
        #expect(
            !plan.admits([score(1)]) && !plan.admits([score(1), score(1)]) && !plan.admits([score(1), score(2, 0.5)]))
    }
}

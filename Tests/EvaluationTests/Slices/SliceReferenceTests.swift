import Adapters
import Datasets
import Evaluation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Slices of the tiny Llama against transformers and PEFT (scripts/reference/evaluation_values.py)")
struct SliceReferenceTests {
    private func evaluate(_ file: String, choices: [String]) throws -> [SliceResult] {
        let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
        let model = try LanguageModel.load(base, dtype: .float32)
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
        let options = SliceOptions(choices: choices, tokensPerCall: 40)
        let path = Fixtures.path("evaluation/\(file)")
        let plan = try SlicePlan(
            rows: EvaluationRows.read(path, sliceBy: "domain"), path: path, tokenizer: TokenizerLoader.load(base),
            maximumPositions: model.maximumPositions, options: options)
        return try SliceEvaluation(plan: plan, options: options).run(model, setAdapterEnabled: adapter.setEnabled)
            .slices
    }

    private func expect(_ found: SliceMetrics?, _ expected: JSONValue?, _ name: String) throws {
        let found = try #require(found)
        #expect(found.rows == expected?["rows"]?.intValue && found.tokens == expected?["tokens"]?.intValue)
        expectClose(found.loss, try #require(expected?["loss"]?.doubleValue), tolerance: 2e-5, name)
        // exp magnifies the loss's absolute error of 2e-4 or so.
        expectClose(found.perplexity, try #require(expected?["perplexity"]?.doubleValue), tolerance: 5e-4, name)
        #expect(found.accuracy == expected?["accuracy"]?.doubleValue, "\(name)")
        for (bound, wanted) in try paired(found.accuracyInterval ?? [], expected?["accuracy_interval"]?.doubles ?? []) {
            expectClose(bound, wanted, tolerance: 1e-9, name)
        }
        if let wanted = expected?["calibration_error"]?.doubleValue {
            expectClose(found.calibrationError, wanted, tolerance: 1e-4, name)
        } else {
            #expect(found.calibrationError == nil)
        }
    }

    @Test("Every slice's figures, with choices and without, for base and adapter", arguments: [true, false])
    func figures(withChoices: Bool) throws {
        let fixture = try Fixtures.json("evaluation/slices.json")
        let choices = withChoices ? try goldenTexts(fixture["choices"]) : []
        let expected = try #require(fixture[withChoices ? "with_choices" : "greedy"]?.arrayValue)
        let found = try evaluate(withChoices ? "rows.jsonl" : "greedy_rows.jsonl", choices: choices)
        #expect(found.map(\.name) == expected.compactMap { $0["name"]?.stringValue })
        for (slice, golden) in try paired(found, expected) {
            try expect(slice.base, golden["base"], slice.name + ", base")
            try expect(slice.adapter, golden["adapter"], slice.name + ", adapter")
        }
    }
}

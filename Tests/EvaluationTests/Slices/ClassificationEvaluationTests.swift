import Datasets
import Evaluation
import TestSupport
import Testing
import Tokenizers

@Suite("Classification slices")
struct ClassificationEvaluationTests {
    /// Answers by the number of tokens: odd texts are of class 1.
    private final class ParityOfLength: ClassifyingModel {
        let maximumPositions = 64
        let computesPrefixesOnce = false
        var isOn = true
        func classify(_ texts: [EncodedText]) throws -> [[Float]] {
            texts.map { text in
                let odd = text.ids.count % 2 == 1
                return isOn ? [odd ? -1 : 1, odd ? 1 : -1] : [0, 0]
            }
        }
    }

    private func plan(_ labels: [(text: String, label: String, slice: String)]) throws -> ClassificationPlan {
        try ClassificationPlan(
            rows: labels.enumerated().map {
                LabelledRow(line: $0 + 1, text: $1.text, label: .name($1.label), slice: $1.slice)
            }, path: "d.jsonl", labels: .classes(["even", "odd"]), tokenizer: CharacterTokenizer(), maximumLength: 5)
    }

    @Test("Base and adapter are scored on every slice, the base with the adapter off")
    func slices() throws {
        let plan = try plan([("a", "odd", "x"), ("ab", "even", "y"), ("abc", "even", "x"), ("abcdef", "odd", "y")])
        #expect(plan.truncated == 1)
        let model = ParityOfLength()
        let found = try ClassificationEvaluation(plan: plan).run(model, setAdapterEnabled: { model.isOn = $0 }).slices
        #expect(found.map(\.name) == ["all", "x", "y"])
        #expect(found.map(\.rows) == [4, 2, 2])
        // Logits of 0 and 0 choose the first class.
        #expect(found[0].base.accuracy == 0.5)
        expectClose(found[0].base.loss, 0.6931471805599453)
        #expect(found[0].adapter?.accuracy == 0.75)
        #expect(found[1].adapter?.accuracy == 0.5)
        #expect(found[2].adapter?.f1 == 1)
        #expect(found[0].adapter?.perplexity == nil)
        #expect(model.isOn)
    }

    @Test("A label that is no class, and a text without tokens, are refused with their lines")
    func refused() {
        #expect(throws: DatasetsError.self) { try plan([("a", "odd", "x"), ("b", "strange", "x")]) }
        let error = failure { _ = try plan([("", "odd", "x")]) }
        #expect(error?.message.contains("d.jsonl:1:") == true)
    }
}

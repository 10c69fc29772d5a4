import Evaluation
import TestSupport
import Testing

/// What a compared model's logits after the reference's answer already say is not drawn again.
@Suite("Answers that logits give")
struct KnownAnswerTests {
    private let successors = [1, 2, 3, 4, 5, 6, 7, 8, 8]

    private func measure(_ model: FormulaModel, maximumNewTokens: Int = 3) throws -> ParityMeasurement {
        try withTemporaryFolder { folder in
            let prompts = ["a", "g"].map { RegressionPrompt(id: $0, prompt: $0) }
            let recorder = try ParityRecorder(
                prompts: prompts,
                generator: TextGenerator(
                    tokenizer: CharacterTokenizer(), endTokens: [8], maximumNewTokens: maximumNewTokens),
                scratchFolder: folder)
            let reference = try recorder.reference(FormulaModel(successors: successors))
            return try recorder.measure(model, against: reference)
        }
    }

    @Test("Where they choose each token clearly, and the end, nothing is drawn", arguments: [0, 3])
    func clear(limit: Int) throws {
        let model = FormulaModel(successors: successors)
        let found = try measure(model, maximumNewTokens: limit)
        #expect(model.decoders == 0)
        #expect(found.hasIdenticalText)
        #expect(found.answers.map(\.ids) == (limit == 0 ? [[], []] : [[1, 2, 3], [7]]))
        #expect(found.answers.map(\.endToken) == (limit == 0 ? [nil, nil] : [nil, 8]))
    }

    @Test("Where a token is others' by less than rounding, the model is asked itself")
    func close() throws {
        let model = FormulaModel { prefix in
            let last = prefix[prefix.count - 1]
            return (0..<9).map { id in
                // Twice 2⁻¹³ of the largest logit, 4, is the margin.
                id == self.successors[last] ? 4 : last == 2 && id == 0 ? 4 - 0x1p-10 : 0
            }
        }
        let found = try measure(model)
        #expect(model.decoders == 1, "the second prompt never comes to 2")
        #expect(found.hasIdenticalText)
    }

    @Test("A model that chooses otherwise answers in its own words")
    func other() throws {
        var successors = successors
        successors[7] = 0
        let model = FormulaModel(successors: successors)
        let found = try measure(model)
        #expect(model.decoders == 1)
        #expect(found.answers.map(\.ids) == [[1, 2, 3], [7, 0, 1]])
        #expect(!found.hasIdenticalText)
    }
}

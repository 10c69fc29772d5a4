import Evaluation
import TestSupport
import Testing

@Suite("The same prompt twice")
struct RepetitionTests {
    private func repetition(_ model: FormulaModel, then: FormulaModel? = nil) throws -> Repetition {
        try withTemporaryFolder { folder in
            let prompts = ["a", "b"].map { RegressionPrompt(id: $0, prompt: $0) }
            let recorder = try ParityRecorder(
                prompts: prompts,
                generator: TextGenerator(tokenizer: CharacterTokenizer(), endTokens: [8], maximumNewTokens: 3),
                scratchFolder: folder)
            let reference = try recorder.reference(model)
            return try recorder.repetition(then ?? model, of: reference)
        }
    }

    private let successors = [1, 2, 3, 4, 5, 6, 7, 8, 8]

    @Test("A model that computes the same gives the same bits")
    func same() throws {
        #expect(try repetition(FormulaModel(successors: successors)) == Repetition(prompts: 1, differing: nil))
    }

    @Test("One bit of one logit that is another is told, and another token too")
    func other() throws {
        let model = FormulaModel(successors: successors)
        let nearly = FormulaModel { prefix in
            var row = (0..<9).map { $0 == self.successors[prefix[prefix.count - 1]] ? Float(4) : 0 }
            if prefix.count == 2 { row[5] = Float(0).nextUp }
            return row
        }
        #expect(try repetition(model, then: nearly).differing == "a")
        let drawn = FormulaModel(successors: [2, 2, 3, 4, 5, 6, 7, 8, 8])
        #expect(try repetition(model, then: drawn).differing == "a")
    }
}

import Datasets
import Evaluation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("What is asked of the model about a row")
struct RowPlanTests {
    /// Sequence and label of every candidate's tokens.
    private func addresses(_ plan: RowPlan) -> [[[Int]]] {
        plan.candidates.map { $0.map { [$0.sequence, $0.label] } }
    }

    @Test("A completion's tokens are each predicted by the row before, and the last is never fed")
    func completion() throws {
        let tokens = try RowTokens(
            .promptCompletion(prompt: "ab", completion: "cde"), tokenizer: CharacterTokenizer(), template: nil)
        #expect(tokens.ids == [0, 1, 2, 3, 4])
        #expect(tokens.scored == [2, 3, 4])
        let plan = RowPlan(tokens)
        let labels = [(1, 2), (2, 3), (3, 4)].map { Label(position: $0.0, target: $0.1) }
        #expect(plan.sequences == [ScoredSequence(tokens: [0, 1, 2, 3], labels: labels)])
        #expect(addresses(plan) == [[[0, 0], [0, 1], [0, 2]]])
        #expect(plan.longest == 4)
    }

    @Test("Of running text, and of a completion after an empty prompt, all but the first token is scored")
    func firstToken() throws {
        for content in [EvaluationRow.Content.text("abc"), .promptCompletion(prompt: "", completion: "abc")] {
            let tokens = try RowTokens(content, tokenizer: CharacterTokenizer(), template: nil)
            #expect(tokens.scored == [1, 2])
        }
    }

    @Test("Of a conversation exactly what the assistant says is scored, end markers included")
    func messages() throws {
        let tokenizer = try TokenizerLoader.load(BaseModelFiles(path: Fixtures.path("llama-tiny/base")))
        let turns = [("user", "is it good?"), ("assistant", "it is"), ("user", "bad?"), ("assistant", "not bad")]
        let content = EvaluationRow.Content.messages(
            Conversation(turns.map { ChatMessage(role: $0.0, content: $0.1) }))
        let tokens = try RowTokens(content, tokenizer: tokenizer, template: .chatML)
        let scored = tokenizer.decode(tokens.scored.map { tokens.ids[$0] }, skipSpecial: false)
        #expect(scored == "it is<|im_end|>not bad<|im_end|>")
        let error = failure { _ = try RowTokens(content, tokenizer: tokenizer, template: nil) }
        #expect(error?.code == .mismatch)
    }

    @Test("Choices of one token are all read off the prompt's last row")
    func oneTokenChoices() {
        let plan = RowPlan(prompt: [7, 8], choices: [[3], [1]], own: 1)
        let labels = [Label(position: 1, target: 1), Label(position: 1, target: 3)]
        #expect(plan.sequences == [ScoredSequence(tokens: [7, 8], labels: labels)])
        #expect(addresses(plan) == [[[0, 1]], [[0, 0]]])
        #expect(plan.own == 1)
    }

    @Test("A choice rides along with a longer one that feeds the same tokens first")
    func sharedPrefix() {
        let plan = RowPlan(prompt: [7, 8], choices: [[3], [3, 5], [4]], own: 0)
        let labels = [(1, 3), (1, 4), (2, 5)].map { Label(position: $0.0, target: $0.1) }
        #expect(plan.sequences == [ScoredSequence(tokens: [7, 8, 3], labels: labels)])
        #expect(addresses(plan) == [[[0, 0]], [[0, 0], [0, 2]], [[0, 1]]])
    }

    @Test("Choices that part at their first token are fed apart, the longest first")
    func apart() {
        let plan = RowPlan(prompt: [7], choices: [[3, 5], [4, 6, 2]], own: 0)
        #expect(plan.sequences.map(\.tokens) == [[7, 4, 6], [7, 3]])
        #expect(plan.candidates[0].map(\.sequence) == [1, 1] && plan.candidates[1].map(\.sequence) == [0, 0, 0])
        #expect(plan.longest == 3)
    }

    private func calls(_ sequences: [[Int]], ownFrom: Int, tokensPerCall: Int) -> [[Int]] {
        BatchPlan.calls(
            sequences.map { BatchPlan.Sequence(tokens: $0, ownFrom: ownFrom) }, tokensPerCall: tokensPerCall)
    }

    @Test("Calls come largest first and never pass their budget, unless one sequence alone does")
    func callsWithinBudget() {
        let sequences = [5, 3, 9, 2].map { [Int](repeating: 1, count: $0) }
        #expect(calls(sequences, ownFrom: 0, tokensPerCall: 8) == [[2], [3, 1], [0]])
        #expect(calls([[1, 1], [2, 2], [3, 3]], ownFrom: 0, tokensPerCall: 4) == [[0, 1], [2]])
        #expect(calls([], ownFrom: 0, tokensPerCall: 8) == [])
    }

    @Test("Sequences that begin alike go together, and what they share counts once")
    func callsThatShare() {
        let sequences = [[7, 7, 7, 1], [8, 8, 8, 1], [7, 7, 7, 2], [8, 8, 8, 2]]
        #expect(calls(sequences, ownFrom: 3, tokensPerCall: 5) == [[0, 2], [1, 3]])
        #expect(calls(sequences, ownFrom: 2, tokensPerCall: 5) == [[0], [2], [1], [3]])
        #expect(calls(sequences, ownFrom: 0, tokensPerCall: 8) == [[0, 2], [1, 3]])
    }

    @Test("However much is shared, a call repeats at most eight times its budget")
    func callsOfManyRepetitions() {
        let sequences = [[Int]](repeating: [1, 2, 3, 4, 5], count: 20)
        #expect(calls(sequences, ownFrom: 5, tokensPerCall: 5).map(\.count) == [8, 8, 4])
    }

    @Test("Items in order are cut where the next would not fit; a larger one goes alone")
    func inOrder() {
        #expect(BatchPlan.inOrder(sizes: [3, 3, 3, 10, 1], limit: 6) == [0..<2, 2..<3, 3..<4, 4..<5])
        #expect(BatchPlan.inOrder(sizes: [], limit: 6) == [])
    }
}

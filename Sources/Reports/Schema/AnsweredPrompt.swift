/// What the adapter wrote after one regression prompt, whether it can be merged or not.
package protocol AnsweredPrompt {
    var id: String { get }
    var text: String? { get }
    /// The second text, where a pair is classified.
    var textPair: String? { get }
    var baseText: String { get }
    var adapterText: String { get }
    var expectation: ExpectationReport? { get }
    var compared: ComparedTexts? { get }
}

extension AnsweredPrompt {
    /// What another model answered: `base`, or a published adapter by what it is to the run.
    package func text(of role: String) -> String? { role == "base" ? baseText : compared?.text(of: role) }
}

extension PromptParity: AnsweredPrompt {
    package var text: String? { prompt }
}

extension PromptAnswers: AnsweredPrompt {
    package var text: String? { prompt }
}

extension RunReport {
    /// One entry for each regression prompt that was answered; none where the run ended before.
    package var answers: [any AnsweredPrompt] { parity?.prompts ?? unmerged?.prompts ?? [] }
}

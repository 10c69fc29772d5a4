import Datasets
import Evaluation
import ForeignText
import Manifests
import Tokenizers
import Training

/// The prompts that parity is proved on: the manifest's, every one of which must fit the base, or else the beginnings of
/// training rows that do.
struct PromptChoice {
    let manifest: JobManifest
    let base: VerifiedBase
    /// Whether texts are classified, and so cut to the base's positions, and not continued.
    let classifies: Bool

    /// How many training rows stand in for prompts.
    private static let count = 4
    private var limits: BaseLimits { BaseLimits(base, manifest) }

    /// The manifest's prompts, as read from their file; what does not fit is noted.
    func checked(_ prompts: [RegressionPrompt], of file: RowSource, _ mistakes: JobMistakes) -> [RegressionPrompt] {
        let faults = prompts.enumerated().compactMap { index, prompt in fault(prompt).map { (index, $0) } }
        if !faults.isEmpty {
            mistakes.note(
                faults.map { (file[$0], "the prompt \(ForeignText.quoted(prompts[$0].id, limit: 256)) \($1)") },
                of: file.path,
                advice: "Shorten or mend the prompt, or lower regression.max_new_tokens.")
        }
        return prompts
    }

    /// The first training rows that can be asked; that there is none is noted.
    ///
    /// - Parameters:
    ///   - count: of the rows.
    ///   - row: makes the row at a place.
    ///   - log: hears how many were passed over.
    /// - Throws: as `row`.
    func fromRows(
        _ count: Int, _ mistakes: JobMistakes, log: (String) -> Void,
        row: (Int) throws -> (text: String, pair: String?)
    ) rethrows -> [RegressionPrompt] {
        var prompts: [RegressionPrompt] = []
        var first: (id: String, fault: String)?
        var passed = 0
        for index in 0..<count {
            let row = try row(index)
            let prompt = RegressionPrompt(id: "training-row-\(index + 1)", prompt: row.text, pair: row.pair)
            if let fault = fault(prompt) {
                passed += 1
                first = first ?? (prompt.id, fault)
            } else {
                prompts.append(prompt)
            }
            if prompts.count == Self.count { break }
        }
        if prompts.isEmpty, let first {
            mistakes.note(
                "regression",
                "no training row can be a regression prompt, and without one a merge cannot be proved: "
                    + "\(first.id) \(first.fault)",
                advice: "Name prompts in regression.prompts, or lower regression.max_new_tokens.")
        } else if let first {
            log(
                "regression prompts: \(prompts.count) training rows; passed over \(passed), the first because "
                    + "\(first.id) \(first.fault)")
        }
        return prompts
    }

    /// Why a prompt cannot be put to the base; nil where it can.
    private func fault(_ prompt: RegressionPrompt) -> String? {
        let ids: [Int]
        if classifies {
            let encoded = try? base.tokenizer.encode(
                prompt.prompt, pair: prompt.pair, maximumLength: limits.positions, allowSpecial: true)
            ids = encoded?.ids ?? []
        } else {
            ids =
                prompt.isRendered
                ? base.tokenizer.encode(prompt.prompt, allowSpecial: true)
                : base.tokenizer.encodeBeginning(prompt.prompt)
        }
        guard !prompt.prompt.isEmpty, !ids.isEmpty else { return "is empty." }
        if let fault = limits.fault(ids: ids) { return "cannot be asked: \(fault)" }
        let new = classifies ? 0 : manifest.regression.maxNewTokens
        guard ids.count > limits.positions - new else { return nil }
        return "has \(ids.count) tokens; with \(new) new ones (regression.max_new_tokens) they do not fit the base's "
            + "\(limits.positions) positions\(limits.taken)."
    }
}

extension TrainingRow {
    /// What stands for the row before a person, or as a prompt.
    var shown: String {
        switch self {
        case .completion(let prompt, let completion): prompt.isEmpty ? completion : prompt
        case .text(let text): String(text.prefix(200))
        case .messages(let conversation): conversation.messages.first { !$0.content.isEmpty }?.content ?? ""
        case .labelled(let row): row.text
        }
    }
}

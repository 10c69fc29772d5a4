import Common

/// The proof that merged weights answer as the adapter does, and each prompt's three texts.
enum ParitySection {
    private static let maximumPrompts = 200

    /// - Parameter isModel: whether a model was trained, and nothing merged.
    static func render(_ parity: ParityReport?, isModel: Bool = false) -> HTML {
        guard let parity else { return "" }
        let shown = parity.prompts.prefix(maximumPrompts)
        let rest = parity.prompts.count - shown.count
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more prompts are in report.json.</p>" : ""
        let limit = max(150, min(1200, 60_000 / max(shown.count, 1)))
        let prompts = shown.enumerated().map { index, prompt in
            let agrees = PromptVerdict(prompt, tolerance: parity.tolerance)
            return details(prompt, agrees, isModel, open: !agrees.passed || index < 2, limit: limit)
        }
        return """
            <section aria-labelledby="parity"><h2 id="parity">\(isModel ? "Parity" : "Merge parity")</h2>\
            <p>\(Verdict.badge(parity.passed)) \(sentence(parity, isModel))</p>\(ParityPlot.render(parity))\
            <h3>Prompt by prompt</h3><p class="note">\(note(isModel))</p>\(prompts)\(more)</section>
            """
    }

    private static func note(_ isModel: Bool) -> String {
        isModel
            ? "Marked in the trained model’s text: words the base did not write. Marked in the published text: words it did "
                + "not write in memory; there should be none."
            : "Marked in the adapter’s text: words the base did not write. Marked in the merged text: words the adapter did "
                + "not write; there should be none."
    }

    private static func sentence(_ parity: ParityReport, _ isModel: Bool) -> String {
        let subjects =
            isModel
            ? "The base, the model as it was trained and the one read back from disk, stored in \(parity.dtype), were run"
            : "Base, adapter and merged weights were read back from disk in \(parity.dtype) and run"
        let texts = parity.identicalText ? "every text is identical" : "not every text is identical"
        return """
            \(subjects) on \
            \(FigureFormat.count(parity.prompts.count)) prompts. Largest difference of a logit \
            \(FigureFormat.significant(parity.maxAbsLogitDifference, 2)), tolerance \
            \(FigureFormat.plain(parity.tolerance)); mean KL divergence \
            \(FigureFormat.significant(parity.meanKL, 2)) nats; the same token ranks first at \
            \(FigureFormat.percent(parity.top1Agreement)) of positions; \(texts).\(RepetitionSentence.after(parity.repetition))
            """
    }

    private static func details(
        _ prompt: PromptParity, _ verdict: PromptVerdict, _ isModel: Bool, open: Bool, limit: Int
    ) -> HTML {
        let asked: HTML =
            prompt.prompt.map {
                """
                <h4 class="prompt">prompt</h4><div class="text prompt" dir="auto">\
                \(TextBlock.compared($0, with: nil, limit: limit, style: ""))</div>
                """
            } ?? ""
        return """
            <details\(open ? " open=\"open\"" : "" as HTML)><summary><b>\(TextBlock.short(prompt.id))</b> \
            \(Verdict.badge(verdict.passed)) <span class="note">\(verdict.explanation)</span></summary>\(asked)\
            <div class="three">\(column("base", prompt.baseText, nil, limit, ""))\
            \(column(isModel ? "trained" : "with the adapter", prompt.adapterText, prompt.baseText, limit, "new"))\
            \(column(isModel ? "published" : "merged", prompt.mergedText, prompt.adapterText, limit, "wrong"))</div></details>
            """
    }

    private static func column(
        _ title: String, _ text: String, _ reference: String?, _ limit: Int, _ style: String
    ) -> HTML {
        """
        <div><h4>\(title)</h4><div class="text" dir="auto">\
        \(TextBlock.compared(text, with: reference, limit: limit, style: style))</div></div>
        """
    }
}

/// Whether one prompt is as it should be, and why.
struct PromptVerdict {
    let passed: Bool
    let explanation: String

    init(_ prompt: PromptParity, tolerance: Double) {
        let close = prompt.maxAbsLogitDifference <= tolerance
        let same = prompt.adapterText == prompt.mergedText
        let expected = prompt.expectation?.passed ?? true
        passed = close && same && expected
        var parts = ["largest logit difference \(FigureFormat.significant(prompt.maxAbsLogitDifference, 2))"]
        if !same { parts.append("merged text differs") }
        if let expectation = prompt.expectation {
            let kind = TextBlock.short(expectation.kind ?? "as expected").replacingOccurrences(of: "_", with: " ")
            let value = expectation.value.map { " “\(TextBlock.short($0, to: 60))”" } ?? ""
            parts.append("\(kind)\(value): \(expected ? "met" : "not met")")
        }
        explanation = parts.joined(separator: "; ")
    }
}

import Common

/// Of an adapter that cannot be merged: why, what that costs, and what base and adapter answer.
enum UnmergedSection {
    private static let maximumPrompts = 200

    static func render(_ unmerged: UnmergedReport?) -> HTML {
        guard let unmerged else { return "" }
        let shown = unmerged.prompts.prefix(maximumPrompts)
        let rest = unmerged.prompts.count - shown.count
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more prompts are in report.json.</p>" : ""
        let limit = max(150, min(1200, 60_000 / max(shown.count, 1)))
        let prompts = shown.enumerated().map { index, prompt in details(prompt, open: index < 2, limit: limit) }
        return """
            <section aria-labelledby="unmerged"><h2 id="unmerged">Served beside its base</h2>\
            <p>\(Verdict.badge(unmerged.passed)) \(UnmergedWording.sentence(unmerged))</p>\
            <p>Base and adapter were read back from disk in float32 and run on \
            \(FigureFormat.count(unmerged.prompts.count)) prompts; the adapter moves a logit by \
            \(FigureFormat.significant(unmerged.baseVsAdapterMaxAbsLogitDifference, 2)) at \
            most.\(RepetitionSentence.after(unmerged.repetition))</p>\
            <h3>Prompt by prompt</h3><p class="note">Marked in the adapter’s text: words the base did not write.</p>\
            \(prompts)\(more)</section>
            """
    }

    private static func details(_ prompt: PromptAnswers, open: Bool, limit: Int) -> HTML {
        let isMet = prompt.expectation?.passed ?? true
        let told: HTML = prompt.expectation == nil ? "" : isMet ? "as expected" : "not as expected"
        return """
            <details\(open || !isMet ? " open=\"open\"" : "" as HTML)><summary><b>\(TextBlock.short(prompt.id))</b> \
            <span class="note">\(told)</span></summary><h4 class="prompt">prompt</h4><div class="text prompt" dir="auto">\
            \(TextBlock.compared(prompt.prompt, with: nil, limit: limit, style: ""))</div><div class="three">\
            \(column("base", prompt.baseText, nil, limit))\(column("with the adapter", prompt.adapterText, prompt.baseText, limit))\
            </div></details>
            """
    }

    private static func column(_ title: String, _ text: String, _ reference: String?, _ limit: Int) -> HTML {
        """
        <div><h4>\(title)</h4><div class="text" dir="auto">\
        \(TextBlock.compared(text, with: reference, limit: limit, style: "new"))</div></div>
        """
    }
}

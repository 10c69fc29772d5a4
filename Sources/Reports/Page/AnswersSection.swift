import Common

/// Where the adapter answers a regression prompt otherwise than a model that it is held against: as a difference of words.
enum AnswersSection {
    /// Changed answers that are shown of each model.
    private static let maximumPrompts = 50
    /// Characters of all that are shown of each model, shared out among them: a word that is marked takes ten times its length.
    private static let maximumText = 12_000

    private static let roles: [(role: String, name: String)] = [
        ("base", "the base"), ("parent", "the adapter it went on from"), ("champion", "the champion"),
        ("previous", "the champion before"),
    ]

    static func render(_ report: RunReport) -> HTML {
        let parts = roles.compactMap { role, name in
            let answers = report.answers.filter { $0.text(of: role) != nil }
            return answers.isEmpty ? nil : part(role, name, answers, compared: report.provenance.compared)
        }
        guard !parts.isEmpty else { return "" }
        return """
            <section aria-labelledby="answers"><h2 id="answers">Changed answers</h2>\
            <p class="note">Struck through: words of the other model that are gone. Underlined: words of the adapter that \
            are new.</p>\(parts)</section>
            """
    }

    private static func part(
        _ role: String, _ name: String, _ answers: [any AnsweredPrompt], compared: [ComparedProvenance]?
    ) -> HTML {
        let changed = answers.filter { $0.text(of: role) != $0.adapterText }
        let reference = compared?.first { $0.role == role }?.reference
        let place: HTML = reference.map { " <code>\(TextBlock.short($0, to: 100))</code>" } ?? ""
        let shown = changed.prefix(maximumPrompts)
        let limit = max(150, min(1200, maximumText / max(shown.count, 1)))
        let rest = changed.count - shown.count
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more changed answers are in report.json.</p>" : ""
        return """
            <h3>Against \(name)\(place)</h3><p>\(FigureFormat.count(changed.count)) of \
            \(FigureFormat.count(answers.count)) answers differ.</p>\
            \(shown.map { difference($0, role, limit: limit) })\(more)
            """
    }

    private static func difference(_ answer: any AnsweredPrompt, _ role: String, limit: Int) -> HTML {
        """
        <details\(role == "base" ? "" : " open=\"open\"" as HTML)><summary><b>\(TextBlock.short(answer.id))</b></summary>\
        <div class="text" dir="auto">\
        \(TextBlock.difference(from: answer.text(of: role) ?? "", to: answer.adapterText, limit: limit))</div></details>
        """
    }
}

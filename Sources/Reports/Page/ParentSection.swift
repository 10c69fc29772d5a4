import Common

/// The adapter held against the one that it went on from.
enum ParentSection {
    private static let maximumRows = 200

    static func render(_ report: RunReport) -> HTML {
        guard let parent = report.provenance.parent else { return "" }
        let slices = report.slices.filter { $0.parent != nil }
        return """
            <section aria-labelledby="parent"><h2 id="parent">Against the adapter it went on from</h2>\
            <p class="note">Training began from <code>\(TextBlock.short(parent.path, to: 200))</code>, SHA-256 \
            <code>\(parent.sha256)</code>.</p>\(table(slices))</section>
            """
    }

    private static func table(_ slices: [SliceReport]) -> HTML {
        guard !slices.isEmpty else { return "<p>No rows were scored with both.</p>" }
        let rest = slices.count - maximumRows
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more slices are in report.json.</p>" : ""
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Scores of parent and adapter"><table><thead><tr>\
            <th scope="col">Slice</th><th scope="col" class="n">Rows</th><th scope="col">Figure</th>\
            <th scope="col" class="n">Parent</th><th scope="col" class="n">Adapter</th>\
            <th scope="col" class="n">Change</th><th scope="col">Told apart</th></tr></thead>\
            <tbody>\(slices.prefix(maximumRows).map(row))</tbody></table></div>\(more)
            """
    }

    private static func row(_ slice: SliceReport) -> HTML {
        guard let change = ParentChange.of(slice) else { return "" }
        return """
            <tr><th scope="row" class="name">\(TextBlock.short(slice.name))</th>\
            <td class="n">\(FigureFormat.count(slice.rows))</td><td>\(change.metric)</td>\
            <td class="n">\(ReportAnswers.figure(change.metric, change.before))</td>\
            <td class="n">\(ReportAnswers.figure(change.metric, change.after))</td>\
            <td class="n">\(ReportAnswers.difference(change))</td>\
            <td>\(change.comparison.map(ReportAnswers.test) ?? "–")</td></tr>
            """
    }
}

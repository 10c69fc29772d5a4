import Common

/// Base against adapter on every slice: a drawing with intervals, and the table behind it.
enum SliceSection {
    private static let maximumRows = 200

    /// - Parameter leftOut: what to say of rows that were not scored; nil where all were.
    static func render(_ slices: [SliceReport], leftOut: String?) -> HTML {
        guard !slices.isEmpty else { return "" }
        let missing: HTML = leftOut.map { "<p class=\"note\">\(TextBlock.short($0, to: 1000))</p>" } ?? ""
        let shown = Array(slices.prefix(maximumRows))
        let rest = slices.count - shown.count
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more slices are in report.json.</p>" : ""
        return """
            <section aria-labelledby="slices"><h2 id="slices">Before and after, by slice</h2>\
            \(SlicePlot.render(slices))\(table(shown))\(more)\(missing)</section>
            """
    }

    /// Figures beside accuracy and loss, each of which stands in the table where any slice has it.
    private static let others: [(title: String, value: KeyPath<SliceScore, Double?> & Sendable)] = [
        ("F1", \.f1), ("Matthews", \.matthews), ("Pearson", \.pearson), ("Spearman", \.spearman),
        ("Calibration error", \.calibrationError),
    ]

    private static func table(_ slices: [SliceReport]) -> HTML {
        let accuracy = slices.contains { $0.adapter.accuracy != nil }
        let more = others.filter { figure in slices.contains { $0.adapter[keyPath: figure.value] != nil } }
        let accuracyHead: HTML = """
            <th scope="col" class="n">Accuracy, base</th><th scope="col" class="n">adapter</th>\
            <th scope="col" class="n">change, points</th>
            """
        let moreHeads = more.map { figure -> HTML in
            """
            <th scope="col" class="n">\(figure.title), base</th><th scope="col" class="n">adapter</th>
            """
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Scores by slice"><table><thead><tr>\
            <th scope="col">Slice</th><th scope="col" class="n">Rows</th>\(accuracy ? accuracyHead : "")\
            <th scope="col" class="n">Loss, base</th><th scope="col" class="n">adapter</th>\
            \(moreHeads)</tr></thead><tbody>\
            \(slices.map { row($0, accuracy: accuracy, more: more.map(\.value)) })</tbody></table></div>
            """
    }

    private static func row(_ slice: SliceReport, accuracy: Bool, more: [KeyPath<SliceScore, Double?> & Sendable])
        -> HTML
    {
        let (base, adapter) = (slice.base, slice.adapter)
        let change = base.accuracy.flatMap { before in adapter.accuracy.map { FigureFormat.points($0 - before) } }
        let shares = [
            base.accuracy.map(FigureFormat.percent), adapter.accuracy.map(FigureFormat.percent), change,
        ].map { cell($0) }
        let losses = [cell(FigureFormat.fixed(base.loss)), cell(FigureFormat.fixed(adapter.loss))]
        let rest = more.flatMap { value in
            [base[keyPath: value], adapter[keyPath: value]].map { cell($0.map { FigureFormat.fixed($0) }) }
        }
        return """
            <tr><th scope="row" class="name">\(TextBlock.short(slice.name))</th>\
            \(cell(FigureFormat.count(slice.rows)))\(accuracy ? shares : [])\(losses)\(rest)</tr>
            """
    }

    private static func cell(_ text: String?) -> HTML {
        "<td class=\"n\">\(text ?? "–")</td>"
    }
}

import Common

/// The adapter held against published ones: the one that it went on from, the champion, the one before that.
enum ComparedSection {
    private static let maximumRows = 200

    static func render(_ report: RunReport) -> HTML {
        let provenance = report.provenance
        // Earlier lorads named the parent alone.
        let parent = provenance.parent.map {
            ComparedProvenance(role: "parent", reference: $0.initFrom, path: $0.path, sha256: $0.sha256)
        }
        let compared = provenance.compared ?? []
        let all = (compared.contains { $0.role == "parent" } ? [] : [parent].compactMap(\.self)) + compared
        return all.reduce("") { page, other in "\(page)\(section(other, report.slices))" }
    }

    private static func section(_ other: ComparedProvenance, _ slices: [SliceReport]) -> HTML {
        let name = HTML(stringLiteral: Self.names[other.role]?.id ?? "other")
        let title = Self.names[other.role]?.title ?? "Against another adapter"
        let began: HTML = other.role == "parent" ? "Training began from" : "The other is"
        let place: HTML =
            other.reference == other.path || other.reference == ""
            ? "" : "<code>\(TextBlock.short(other.reference, to: 100))</code>, "
        return """
            <section aria-labelledby="\(name)"><h2 id="\(name)">\(title)</h2>\
            <p class="note">\(began) \(place)<code>\(TextBlock.short(other.path, to: 200))</code>, SHA-256 \
            <code>\(other.sha256)</code>.</p>\(table(slices.filter { $0.other(other.role) != nil }, other.role))</section>
            """
    }

    private static let names: [String: (id: String, title: String)] = [
        "parent": ("parent", "Against the adapter it went on from"),
        "champion": ("champion", "Against the champion"),
        "previous": ("previous", "Against the champion before"),
    ]

    private static func table(_ slices: [SliceReport], _ role: String) -> HTML {
        guard !slices.isEmpty else { return "<p>No rows were scored with both.</p>" }
        let rest = slices.count - maximumRows
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more slices are in report.json.</p>" : ""
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Scores of \(role) and adapter"><table><thead><tr>\
            <th scope="col">Slice</th><th scope="col" class="n">Rows</th><th scope="col">Figure</th>\
            <th scope="col" class="n">\(role.capitalized)</th><th scope="col" class="n">Adapter</th>\
            <th scope="col" class="n">Change</th><th scope="col">Told apart</th></tr></thead>\
            <tbody>\(slices.prefix(maximumRows).map { row($0, role) })</tbody></table></div>\(more)
            """
    }

    private static func row(_ slice: SliceReport, _ role: String) -> HTML {
        guard let change = ComparedChange.of(slice, from: role) else { return "" }
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

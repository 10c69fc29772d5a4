import Common

/// What the manifest demanded and what was measured.
enum GateSection {
    private static let maximumRows = 200

    static func render(_ gates: [GateReport]) -> HTML {
        guard !gates.isEmpty else { return "" }
        let shown = gates.prefix(maximumRows)
        let rest = gates.count - shown.count
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more gates are in report.json.</p>" : ""
        return """
            <section aria-labelledby="gates"><h2 id="gates">Gates</h2>\
            <div class="scroll" tabindex="0" role="region" aria-label="Gates"><table><thead><tr>\
            <th scope="col">Verdict</th><th scope="col">Demand</th><th scope="col" class="n">Measured</th>\
            <th scope="col" class="n">Bound</th></tr></thead><tbody>\(shown.map(row))</tbody></table></div>\
            \(more)</section>
            """
    }

    private static func row(_ gate: GateReport) -> HTML {
        let note: HTML = gate.reason.map { "<br/><span class=\"note\">\(TextBlock.short($0, to: 300))</span>" } ?? ""
        let found: HTML =
            GateWording.difference(gate).map { "<br/><span class=\"note\">\(TextBlock.short($0, to: 300))</span>" }
            ?? ""
        let value = gate.value.map { FigureFormat.significant($0, 4) } ?? "not measured"
        return """
            <tr><td>\(Verdict.badge(gate.passed))</td>\
            <td class="name">\(TextBlock.short(GateWording.demand(gate), to: 200))\(found)\(note)</td>\
            <td class="n">\(value)</td><td class="n">\(GateWording.bound(gate))</td></tr>
            """
    }
}

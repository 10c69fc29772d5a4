import Common

/// What the adapter learned: where the update is large, and how many directions it uses.
enum AnalysisSection {
    private static let maximumMultiples = 6
    private static let maximumValues = 12
    private static let maximumRows = 600

    static func render(_ analysis: [ModuleAnalysis]) -> HTML {
        guard !analysis.isEmpty else { return "" }
        let largest = analysis.filter { $0.relativeFrobeniusNorm.isFinite }
            .sorted { ($1.relativeFrobeniusNorm, $0.module) < ($0.relativeFrobeniusNorm, $1.module) }
            .prefix(maximumMultiples)
        let top = largest.compactMap { $0.singularValues.first }.filter(\.isFinite).max() ?? 0
        guard analysis.contains(where: { !$0.singularValues.isEmpty }) else {
            return """
                <section aria-labelledby="analysis"><h2 id="analysis">What the adapter learned</h2>\
                \(UpdateHeatMap.render(analysis))\(table(analysis))</section>
                """
        }
        return """
            <section aria-labelledby="analysis"><h2 id="analysis">What the adapter learned</h2>\
            <p>\(sentence(analysis))</p>\(UpdateHeatMap.render(analysis))<h3>Singular values of the update, in the \
            modules that changed most</h3><div class="multiples">\(largest.map { multiple($0, top: top) })</div>\
            \(table(analysis))</section>
            """
    }

    private static func sentence(_ analysis: [ModuleAnalysis]) -> String {
        let directions = analysis.map { $0.directions(holding: 0.9) }.sorted()
        let rank = analysis.map(\.singularValues.count).max() ?? 0
        let modules = FigureFormat.count(analysis.count)
        return """
            Half of the \(modules) modules hold 90% of their update’s energy in \(directions[directions.count / 2]) or \
            fewer of \(rank) directions.
            """
    }

    private static func multiple(_ module: ModuleAnalysis, top: Double) -> HTML {
        let values = module.singularValues.prefix(64).filter { $0.isFinite && $0 >= 0 }
        let width = 100 / Double(max(values.count, 1))
        let bars = values.enumerated().map { index, value -> HTML in
            let height = top > 0 ? max(1, value / top * 56) : 1
            return """
                <rect class="bar" x="\(Coordinate(Double(index) * width))%" width="\(Coordinate(width * 0.8))%" \
                y="\(Coordinate(56 - height))" height="\(Coordinate(height))"/>
                """
        }
        let place = ModulePlace(module.module)
        return """
            <figure><svg width="100%" height="57" role="img"><title>\(title(module))</title>\
            <desc>Bars, largest first, on the same scale in each drawing.</desc>\(bars)\
            <line class="axis" x1="0" x2="100%" y1="56.5" y2="56.5"/></svg>\
            <figcaption>\(TextBlock.short(place.label, to: 60))<br/>σ₁ \
            \(module.singularValues.first.map { FigureFormat.significant($0) } ?? "–")</figcaption></figure>
            """
    }

    /// A module, its relative norm and its singular values in words.
    static func title(_ module: ModuleAnalysis) -> String {
        "\(TextBlock.short(module.module, to: 120)): relative norm \(FigureFormat.significant(module.relativeFrobeniusNorm)), "
            + "singular values \(values(module, atMost: 8))"
    }

    private static func values(_ module: ModuleAnalysis, atMost limit: Int) -> String {
        if module.singularValues.isEmpty { return "–" }
        let shown = module.singularValues.prefix(limit).map { FigureFormat.significant($0) }.joined(separator: " · ")
        let rest = module.singularValues.count - limit
        return rest > 0 ? "\(shown) · and \(rest) more" : shown
    }

    private static func table(_ analysis: [ModuleAnalysis]) -> HTML {
        let rows = analysis.prefix(maximumRows).map { module -> HTML in
            """
            <tr><th scope="row" class="name mono">\(TextBlock.short(module.module, to: 120))</th>\
            <td class="n">\(FigureFormat.percent(module.relativeFrobeniusNorm))</td>\
            <td class="n">\(module.singularValues.isEmpty ? "–" : "\(module.directions(holding: 0.9))")</td>\
            <td>\(values(module, atMost: maximumValues))</td></tr>
            """
        }
        let rest = analysis.count - rows.count
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more modules are in report.json.</p>" : ""
        return """
            <h3>All modules</h3><details><summary>\(FigureFormat.count(analysis.count)) target modules</summary>\
            <div class="scroll" tabindex="0" role="region" aria-label="Update by module"><table><thead><tr>\
            <th scope="col">Module</th><th scope="col" class="n">Update over weight</th>\
            <th scope="col" class="n">Directions for 90%</th><th scope="col">Singular values</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div>\(more)</details>
            """
    }
}

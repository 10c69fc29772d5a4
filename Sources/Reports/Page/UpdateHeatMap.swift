import Common

/// Where a module stands in the model: the first number in its path is its layer, the last part its kind.
struct ModulePlace {
    let layer: Int?
    let kind: String

    init(_ path: String) {
        let parts = path.split(separator: ".")
        layer = parts.lazy.compactMap { Int($0) }.first { (0..<10_000).contains($0) }
        kind = parts.last.map(String.init) ?? path
    }

    var label: String {
        layer.map { "layer \($0), \(kind)" } ?? kind
    }
}

/// The size of the update by layer and kind of module, one strip for each kind, all on one colour scale.
enum UpdateHeatMap {
    private static let maximumKinds = 24
    private static let rowHeight = 44.0

    static func render(_ analysis: [ModuleAnalysis]) -> HTML {
        let placed = analysis.map { (module: $0, place: ModulePlace($0.module)) }.filter { $0.place.layer != nil }
        let kinds = placed.reduce(into: [String]()) { if !$0.contains($1.place.kind) { $0.append($1.place.kind) } }
        let norms = analysis.map(\.relativeFrobeniusNorm).filter(\.isFinite)
        guard let last = placed.compactMap(\.place.layer).max(), last > 0, let most = norms.max(), most > 0 else {
            return ""
        }
        let shown = kinds.prefix(maximumKinds)
        let strips = shown.enumerated().map { index, kind in
            strip(
                kind, placed.filter { $0.place.kind == kind }.map(\.module), Double(index) * rowHeight, last + 1, most)
        }
        let height = rowHeight * Double(shown.count)
        return """
            <figure><svg width="100%" height="\(Coordinate(height + 18))" role="img"><title>Size of the update by layer \
            and kind of module</title><desc>Relative Frobenius norm, from 0 to \(FigureFormat.percent(most)); the table \
            below holds the figures.</desc>\(strips)<text x="0" y="\(Coordinate(height + 14))">layer 0</text>\
            <text x="100%" y="\(Coordinate(height + 14))" text-anchor="end">\(last)</text></svg>\
            <figcaption>Norm of the update over the norm of the weight it is added to: the fuller the colour, the \
            larger, up to \(FigureFormat.percent(most)).\(note(kinds.count, analysis.count - placed.count))</figcaption></figure>
            """
    }

    private static func note(_ kinds: Int, _ unplaced: Int) -> String {
        (kinds > maximumKinds ? " \(maximumKinds) of \(kinds) kinds are drawn." : "")
            + (unplaced > 0 ? " \(unplaced) modules outside the layers stand in the table only." : "")
    }

    private static func strip(
        _ kind: String, _ modules: [ModuleAnalysis], _ top: Double, _ layers: Int, _ most: Double
    ) -> HTML {
        let width = 100 / Double(layers)
        let ground = Coordinate(top + 18)
        let cells = modules.map { module -> HTML in
            let x = Double(ModulePlace(module.module).layer ?? 0) * width
            let share = module.relativeFrobeniusNorm.isFinite ? module.relativeFrobeniusNorm / most : 0
            return """
                <rect class="cell" x="\(Coordinate(x))%" width="\(Coordinate(width * 0.94))%" y="\(ground)" height="18" \
                fill-opacity="\(Coordinate(0.06 + 0.94 * share))"><title>\(AnalysisSection.title(module))</title></rect>
                """
        }
        let largest = modules.map(\.relativeFrobeniusNorm).filter(\.isFinite).max() ?? 0
        return """
            <text class="value" x="0" y="\(Coordinate(top + 13))">\(TextBlock.short(kind, to: 30))</text>\
            <text x="100%" y="\(Coordinate(top + 13))" text-anchor="end">up to \(FigureFormat.percent(largest))</text>\
            \(cells)
            """
    }
}

import Common

/// Base and adapter on every slice, one above the other on a shared scale, each with its 95% interval.
enum SlicePlot {
    private static let maximumSlices = 40
    private static let rowHeight = 58.0

    static func render(_ slices: [SliceReport]) -> HTML {
        let shown = Array(slices.prefix(maximumSlices))
        let byAccuracy = shown.allSatisfy { $0.base.accuracy != nil && $0.adapter.accuracy != nil }
        let metric = byAccuracy ? Metric.accuracy : .loss
        let values = shown.flatMap { [metric.range(of: $0.base), metric.range(of: $0.adapter)] }
        guard let scale = PlotScale(covering: values.flatMap { [$0.low, $0.high] }, ticks: 4) else { return "" }
        let height = rowHeight * Double(shown.count)
        let rows = shown.enumerated().map { row($0.element, at: Double($0.offset) * rowHeight, metric, scale) }
        let rest = slices.count > shown.count ? " The first \(shown.count) of \(slices.count) slices are drawn." : ""
        let better = byAccuracy ? "Further right is better." : "Further left is better."
        let intervals = byAccuracy ? " Bars are 95% Wilson intervals." : ""
        return """
            <figure><ul class="key"><li>\(ring)base</li><li>\(dot)with the adapter</li></ul>\
            <svg width="100%" height="\(Coordinate(height + 24))" role="img"><title>\(metric.title) by slice</title>\
            <desc>Base against adapter; the table below holds the figures.</desc>\
            \(axis(scale, height: height, metric))\(rows)</svg>\
            <figcaption>\(metric.title) on each slice. \(better)\(intervals)\(rest)</figcaption></figure>
            """
    }

    private enum Metric {
        case accuracy, loss

        var title: String { self == .accuracy ? "Accuracy" : "Loss" }

        func value(of score: SliceScore) -> Double {
            self == .accuracy ? score.accuracy ?? .nan : score.loss
        }

        func range(of score: SliceScore) -> (low: Double, high: Double) {
            guard self == .accuracy, let interval = score.accuracyInterval else {
                return (value(of: score), value(of: score))
            }
            return (interval.low, interval.high)
        }

        func text(_ value: Double) -> String {
            self == .accuracy ? FigureFormat.percent(value) : FigureFormat.fixed(value)
        }
    }

    private static let ring: HTML = """
        <svg width="12" height="12" aria-hidden="true"><circle class="ring" cx="6" cy="6" r="4.5"/></svg>
        """
    private static let dot: HTML = """
        <svg width="12" height="12" aria-hidden="true"><circle class="dot" cx="6" cy="6" r="5.5"/></svg>
        """

    private static func row(_ slice: SliceReport, at top: Double, _ metric: Metric, _ scale: PlotScale) -> HTML {
        let (before, after) = (metric.value(of: slice.base), metric.value(of: slice.adapter))
        let label = Coordinate(top + 18)
        return """
            <text x="0" y="\(label)" class="halo"><tspan class="strong">\(TextBlock.short(slice.name, to: 28))</tspan>\
            <tspan dx="8">\(FigureFormat.count(slice.rows)) rows</tspan></text>\
            <text x="100%" y="\(label)" class="value halo" text-anchor="end">\
            \(metric.text(before)) → \(metric.text(after))</text>\
            \(mark(slice.base, at: top + 30, metric, scale, style: "ring", interval: "interval before"))\
            \(mark(slice.adapter, at: top + 41, metric, scale, style: "dot", interval: "interval"))
            """
    }

    private static func mark(
        _ score: SliceScore, at y: Double, _ metric: Metric, _ scale: PlotScale, style: String, interval: String
    ) -> HTML {
        let value = metric.value(of: score)
        guard value.isFinite else { return "" }
        let range = metric.range(of: score)
        let (low, high) = (place(range.low, scale), place(range.high, scale))
        let bar: HTML = """
            <line class="\(interval)" x1="\(low)%" x2="\(high)%" y1="\(Coordinate(y))" y2="\(Coordinate(y))"/>
            """
        return """
            \(range.low < range.high ? bar : "")\
            <circle class="\(style)" cx="\(place(value, scale))%" cy="\(Coordinate(y))" r="\(style == "dot" ? 6 : 5)"/>
            """
    }

    private static func axis(_ scale: PlotScale, height: Double, _ metric: Metric) -> [HTML] {
        scale.ticks.enumerated().map { index, tick in
            let anchor = index == 0 ? "start" : index == scale.ticks.count - 1 ? "end" : "middle"
            let x = place(tick, scale)
            let label =
                metric == .accuracy
                ? FigureFormat.plain((tick * 1e6).rounded() / 1e4) + "%" : FigureFormat.significant(tick)
            return """
                <line class="grid" x1="\(x)%" x2="\(x)%" y1="0" y2="\(Coordinate(height))"/>\
                <text x="\(x)%" y="\(Coordinate(height + 16))" text-anchor="\(anchor)">\(label)</text>
                """
        }
    }

    private static func place(_ value: Double, _ scale: PlotScale) -> Coordinate {
        Coordinate(scale.position(value) * 100)
    }
}

import Common

/// A drawing over training steps. It has no view box: horizontal places are per cent and vertical ones pixels, so that
/// type and strokes keep their size on any screen; only the lines, in a stretched inner drawing, scale.
package struct StepPlot {
    package let title: String
    package let description: String
    package let height: Double
    package let steps: ClosedRange<Double>
    package let scale: PlotScale

    /// - Parameters:
    ///   - title: said to screen readers, with the description.
    ///   - height: of the drawing without its labels, in pixels.
    ///   - steps: the steps at its left and right ends.
    package init(title: String, description: String, height: Double, steps: ClosedRange<Double>, scale: PlotScale) {
        self.title = title
        self.description = description
        self.height = height
        self.steps = steps
        self.scale = scale
    }

    private static let above = 18.0
    private static let below = 22.0

    /// Horizontal place of a step, in per cent.
    package func x(_ step: Double) -> Coordinate {
        Coordinate((step - steps.lowerBound) / max(steps.upperBound - steps.lowerBound, 1) * 100)
    }

    /// Vertical place of a figure, in pixels.
    package func y(_ value: Double) -> Coordinate {
        Coordinate(Self.above + (1 - scale.position(value)) * height)
    }

    /// The plot with its grid, `paths` (class and path data in the stretched box) and `marks` (over everything).
    package func render(paths: [(style: String, data: String)], marks: [HTML] = [], label: (Double) -> String) -> HTML {
        let lines = paths.map { path -> HTML in "<path class=\"\(path.style)\" d=\"\(path.data)\"/>" }
        return """
            <svg width="100%" height="\(Coordinate(height + Self.above + Self.below))" role="img">\
            <title>\(title)</title><desc>\(description)</desc>\(grid())\
            <svg x="0" y="\(Coordinate(Self.above))" width="100%" height="\(Coordinate(height))" \
            viewBox="0 0 1000 \(Coordinate(height))" preserveAspectRatio="none">\(lines)</svg>\
            \(marks)\(labels(label))</svg>
            """
    }

    private func grid() -> [HTML] {
        scale.ticks.enumerated().map { index, tick in
            "<line class=\"\(index == 0 ? "axis" : "grid")\" x1=\"0\" x2=\"100%\" y1=\"\(y(tick))\" y2=\"\(y(tick))\"/>"
        }
    }

    private func labels(_ label: (Double) -> String) -> [HTML] {
        let values = scale.ticks.dropFirst().map { tick -> HTML in
            """
            <text class="halo" x="100%" y="\(y(tick))" dy="-5" text-anchor="end">\(label(tick))</text>
            """
        }
        let base = Coordinate(Self.above + height + 16)
        let first = FigureFormat.count(Int(steps.lowerBound))
        let last = FigureFormat.count(Int(steps.upperBound))
        let ends: HTML = """
            <text x="0" y="\(base)">step \(first)</text><text x="100%" y="\(base)" text-anchor="end">\(last)</text>
            """
        return values + [ends]
    }
}

/// Figures in order of their steps, made fit to draw: however long a run, a line has at most `maximumPoints` points, and
/// what was left out is said.
package struct PlotSeries {
    package static let maximumPoints = 800

    /// Points in order; `step` counts from 1.
    package struct Point: Equatable {
        package let step: Double
        package let value: Double
    }

    package let points: [Point]
    /// How many steps one bucket spans; 1 where every step is drawn.
    package let stepsPerBucket: Int

    /// Every step, or, where there are too many, the least and the greatest of each bucket of steps, so that no spike is
    /// hidden. Values that are not finite are left out.
    package init(_ values: [Double]) {
        let all = values.enumerated().filter { $0.element.isFinite }
            .map { Point(step: Double($0.offset + 1), value: $0.element) }
        guard all.count > Self.maximumPoints else {
            points = all
            stepsPerBucket = 1
            return
        }
        let size = (all.count * 2 + Self.maximumPoints - 1) / Self.maximumPoints
        stepsPerBucket = size
        points = stride(from: 0, to: all.count, by: size).flatMap { start -> [Point] in
            let bucket = all[start..<min(start + size, all.count)]
            let extremes = [bucket.min { $0.value < $1.value }, bucket.max { $0.value < $1.value }].compactMap(\.self)
            return extremes.sorted { $0.step < $1.step }
        }
    }

    private init(points: [Point], stepsPerBucket: Int) {
        self.points = points
        self.stepsPerBucket = stepsPerBucket
    }

    /// The centred mean over `window` steps (fewer at the ends), taken over all steps and drawn at up to 400 of them.
    package static func smoothed(_ values: [Double], window: Int) -> PlotSeries {
        let finite = values.enumerated().filter { $0.element.isFinite }
        var sums = [0.0]
        for entry in finite { sums.append(sums[sums.count - 1] + entry.element) }
        let stepsPerPoint = max(1, finite.count / 400)
        var chosen = Array(stride(from: 0, to: finite.count, by: stepsPerPoint))
        if let last = finite.indices.last, chosen.last != last { chosen.append(last) }
        let points = chosen.map { index in
            let (from, to) = (max(0, index - window / 2), min(finite.count, index + window / 2 + 1))
            return Point(step: Double(finite[index].offset + 1), value: (sums[to] - sums[from]) / Double(to - from))
        }
        return PlotSeries(points: points, stepsPerBucket: stepsPerPoint)
    }

    /// An SVG path in a box 1000 wide and `height` high.
    package func path(steps: ClosedRange<Double>, scale: PlotScale, height: Double) -> String {
        let width = max(steps.upperBound - steps.lowerBound, 1)
        return points.enumerated().map { index, point in
            let x = Coordinate((point.step - steps.lowerBound) / width * 1000)
            let y = Coordinate((1 - scale.position(point.value)) * height)
            return "\(index == 0 ? "M" : "L")\(x.text) \(y.text)"
        }.joined()
    }
}

import Foundation

/// A linear scale from figures to 0…1, with round ends and ticks.
package struct PlotScale {
    package let low: Double
    package let high: Double
    package let ticks: [Double]

    /// The scale that covers `values`, with about `count` steps between ticks; nil where no value is finite.
    package init?(covering values: some Sequence<Double>, ticks count: Int = 4, includingZero: Bool = false) {
        let finite = values.filter(\.isFinite)
        guard var least = finite.min(), var most = finite.max() else { return nil }
        if includingZero { (least, most) = (min(least, 0), max(most, 0)) }
        if least == most {
            let margin = least == 0 ? 0.5 : abs(least) * 0.1
            (least, most) = (least - margin, most + margin)
        }
        let step = Self.roundStep((most - least) / Double(count))
        guard step > 0, step.isFinite else { return nil }
        let (first, last) = ((least / step).rounded(.down), (most / step).rounded(.up))
        guard last - first < 1000 else { return nil }
        low = first * step
        high = last * step
        ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// Where a figure lies, 0 at `low` and 1 at `high`.
    package func position(_ value: Double) -> Double {
        min(max((value - low) / (high - low), 0), 1)
    }

    /// 1, 2 or 5 times a power of ten, not under `raw`.
    package static func roundStep(_ raw: Double) -> Double {
        let power = pow(10, log10(raw).rounded(.down))
        let lead = raw / power
        return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power
    }
}

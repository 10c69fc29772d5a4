import Common
import Foundation

/// Each prompt's merge error on a logarithmic scale, against the tolerance and against the adapter's own effect.
enum ParityPlot {
    static func render(_ parity: ParityReport) -> HTML {
        let errors = parity.prompts.map(\.maxAbsLogitDifference).filter { $0.isFinite && $0 > 0 }
        let exact = parity.prompts.count { $0.maxAbsLogitDifference == 0 }
        let effect = parity.baseVsAdapterMaxAbsLogitDifference
        let bounds = (errors + [parity.tolerance, effect]).filter { $0.isFinite && $0 > 0 }
        guard let least = bounds.min(), let most = bounds.max() else { return "" }
        let low = log10(least).rounded(.down) - 1
        let high = max(log10(most).rounded(.up), low + 2)
        func place(_ value: Double) -> Double {
            value > 0 ? (log10(value) - low) / (high - low) * 100 : 0
        }
        let dots = parity.prompts.prefix(1000).filter { $0.maxAbsLogitDifference.isFinite }.map { prompt -> HTML in
            let title = "\(TextBlock.short(prompt.id)): \(FigureFormat.significant(prompt.maxAbsLogitDifference, 2))"
            return """
                <circle class="mass" cx="\(Coordinate(place(prompt.maxAbsLogitDifference)))%" cy="48" r="5">\
                <title>\(title)</title></circle>
                """
        }
        let exactNote =
            exact > 0 ? " \(FigureFormat.count(exact)) prompts, without any difference, stand at the left end." : ""
        return """
            <figure><svg width="100%" height="88" role="img"><title>Merge error of each prompt</title>\
            <desc>Largest logit differences on a logarithmic scale, with the tolerance and the adapter’s effect.</desc>\
            \(axis(low: low, high: high))\(limit("tolerance", parity.tolerance, place, "limit"))\
            \(limit("adapter against base", effect, place, "axis"))\(dots)</svg>\
            <figcaption>Largest logit difference between merged and unmerged weights, one dot a prompt, on a \
            logarithmic scale. The solid mark is the difference the adapter itself makes.\(exactNote)</figcaption></figure>
            """
    }

    private static func axis(low: Double, high: Double) -> HTML {
        let every = max(1, Int((high - low) / 6))
        let ticks = stride(from: Int(low), through: Int(high), by: every).map { power -> HTML in
            let x = (Double(power) - low) / (high - low) * 100
            let anchor = x < 3 ? "start" : x > 97 ? "end" : "middle"
            return """
                <line class="axis" x1="\(Coordinate(x))%" x2="\(Coordinate(x))%" y1="62" y2="66"/>\
                <text x="\(Coordinate(x))%" y="82" text-anchor="\(anchor)">\(FigureFormat.powerOfTen(power))</text>
                """
        }
        return "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"62\" y2=\"62\"/>\(ticks)"
    }

    private static func limit(
        _ name: String, _ value: Double, _ place: (Double) -> Double, _ style: String
    ) -> HTML {
        guard value.isFinite, value > 0 else { return "" }
        let x = place(value)
        let anchor = x > 60 ? "end" : x < 40 ? "start" : "middle"
        let top = style == "limit" ? 12.0 : 28.0
        return """
            <line class="\(style)" x1="\(Coordinate(x))%" x2="\(Coordinate(x))%" y1="\(Coordinate(top + 4))" y2="62"/>\
            <text class="halo" x="\(Coordinate(x))%" y="\(Coordinate(top))" text-anchor="\(anchor)">\
            \(name) \(style == "limit" ? FigureFormat.plain(value) : FigureFormat.significant(value, 2))</text>
            """
    }
}

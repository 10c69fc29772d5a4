import Common

/// A run's outcome and its gates as sentences, the same in the page and the model card.
package enum GateWording {
    /// `accuracy on movies is at least 0.75`.
    package static func demand(_ gate: GateReport) -> String {
        let metric = gate.metric.replacingOccurrences(of: "_", with: " ")
        let slice = gate.slice == "all" ? "all rows" : gate.slice
        var demands: [String] = []
        if let least = gate.min { demands.append("at least \(FigureFormat.plain(least))") }
        if let most = gate.max { demands.append("at most \(FigureFormat.plain(most))") }
        if let other = gate.betterThan { demands.append("better than the \(other)’s") }
        if let other = gate.notWorseThan { demands.append("not worse than the \(other)’s") }
        return "\(metric) on \(slice) is \(demands.joined(separator: " and "))"
    }

    /// What a gate wants: `at least 0.75 and better than the base's 0.5012`.
    package static func wanted(_ gate: GateReport) -> String {
        var wanted: [String] = []
        if let least = gate.min { wanted.append("at least \(FigureFormat.plain(least))") }
        if let most = gate.max { wanted.append("at most \(FigureFormat.plain(most))") }
        if let other = gate.comparedWith {
            let value = gate.reference.map { "'s \(FigureFormat.significant($0, 4))" } ?? ""
            let model = gate.referenceName.map { $0 == other ? "" : " (\($0))" } ?? ""
            let chance = gate.difference == nil ? "" : " by more than chance"
            wanted.append(
                "\(gate.betterThan == nil ? "not worse" : "better") than the \(other)\(model)\(value)\(chance)")
        }
        return wanted.joined(separator: " and ")
    }

    /// The bound that `value` is held against.
    package static func bound(_ gate: GateReport) -> String {
        var bounds: [String] = []
        if let least = gate.min { bounds.append("≥ \(FigureFormat.plain(least))") }
        if let most = gate.max { bounds.append("≤ \(FigureFormat.plain(most))") }
        if let reference = gate.reference {
            bounds.append("\(gate.referenceName ?? "base"): \(FigureFormat.significant(reference, 4))")
        }
        return bounds.isEmpty ? "–" : bounds.joined(separator: ", ")
    }

    /// What tells the two models apart that a gate compares: `−0.021 (95%: −0.044 to +0.002), p = 0.08; so many rows show
    /// a difference of 0.03 four times out of five`.
    package static func difference(_ gate: GateReport) -> String? {
        guard let found = gate.difference else { return nil }
        let isShare = found.test == .mcnemar
        func figure(_ value: Double) -> String {
            isShare ? "\(FigureFormat.points(value)) points" : FigureFormat.difference(value)
        }
        let least =
            isShare
            ? "\(FigureFormat.points(found.detectable).drop { $0 == "+" }) points"
            : FigureFormat.significant(found.detectable)
        return "\(isShare ? "Accuracy" : "Loss") \(figure(found.value)) from the other’s "
            + "(95%: \(figure(found.low)) to \(figure(found.high))), p = \(FigureFormat.significant(found.pValue, 2)); "
            + "\(FigureFormat.count(found.rows)) such rows show a difference of \(least) four times out of five."
    }
}

/// The one line that says how a run went.
enum ResultSentence {
    /// Made of the report's figures only; a run that did not succeed gives its reason first.
    static func render(_ report: RunReport) -> String {
        var sentences: [String] = []
        if report.status != .succeeded {
            let told = report.explanation
            sentences += (told.isEmpty ? ["No reason was recorded."] : told).map(terminated)
        }
        if let slice = report.slices.first(where: { $0.name == "all" }) ?? report.slices.first {
            sentences.append(score(slice))
        }
        if let parity = report.parity {
            let isModel = report.provenance.adapter.isModel
            let (subject, agrees, differs) =
                isModel
                ? ("The published model", "answers as it did in memory", "does not answer as it did in memory")
                : ("Merged weights", "answer as the adapter does", "do not answer as the adapter does")
            let difference = FigureFormat.significant(parity.maxAbsLogitDifference, 2)
            sentences.append("\(subject) \(parity.passed ? agrees : differs) (largest logit difference \(difference)).")
        }
        if report.unmerged != nil { sentences.append("It cannot be merged, and is served beside its base.") }
        if !report.gates.isEmpty {
            let passed = report.gates.count(where: \.passed)
            let all = report.gates.count
            let gates = all == 1 ? "The gate" : all == 2 ? "Both gates" : "All \(all) gates"
            sentences.append(passed == all ? "\(gates) passed." : "\(all - passed) of \(all) gates failed.")
        }
        return sentences.joined(separator: " ")
    }

    private static func score(_ slice: SliceReport) -> String {
        let scope = "over \(FigureFormat.count(slice.rows)) rows"
        if let before = slice.base.accuracy, let after = slice.adapter.accuracy {
            return "Accuracy \(change(before, after)) \(FigureFormat.percent(before)) to "
                + "\(FigureFormat.percent(after)) \(scope)."
        }
        let (before, after) = (slice.base.loss, slice.adapter.loss)
        return "Loss \(change(before, after)) \(FigureFormat.fixed(before)) to \(FigureFormat.fixed(after)) \(scope)."
    }

    private static func change(_ before: Double, _ after: Double) -> String {
        after > before ? "rose from" : after < before ? "fell from" : "stayed, from"
    }

    private static func terminated(_ text: String) -> String {
        text.hasSuffix(".") ? text : text + "."
    }
}

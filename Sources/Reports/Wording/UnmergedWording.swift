import Common

/// That an adapter cannot be merged, and what that costs, as sentences: the same in page, card and terminal.
package enum UnmergedWording {
    /// `It cannot be merged: …. A token takes 1.2 ms with it and 1.1 ms without, or merged LoRA.`
    package static func sentence(_ unmerged: UnmergedReport) -> String {
        let reason = unmerged.reason.prefix(1).lowercased() + unmerged.reason.dropFirst()
        return "It cannot be merged: \(reason)" + (unmerged.latency.map { " " + latency($0) } ?? "")
    }

    /// The figures of both, and what lies between them.
    package static func latency(_ latency: LatencyReport) -> String {
        let (base, adapter) = (latency.baseMillisecondsPerToken, latency.adapterMillisecondsPerToken)
        return "A token takes \(FigureFormat.significant(adapter)) ms with it; with the base alone, which is what "
            + "merged LoRA takes, \(FigureFormat.significant(base)) ms: \(FigureFormat.difference(adapter - base)) ms, "
            + "by the medians over \(FigureFormat.count(latency.tokens)) tokens of each."
    }
}

import Common

/// `report.html`: one file without script or network, readable on paper and on a phone.
package enum ReportPage {
    /// The page of a run, a few hundred kilobytes at most: what is too long is cut, saying so.
    package static func render(_ report: RunReport) -> String {
        let title = "\(TextBlock.short(report.provenance.name)): \(report.status.rawValue)"
        let style = HTML(stringLiteral: Stylesheet.css)
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"/>\
            <meta name="viewport" content="width=device-width, initial-scale=1"/><title>\(title)</title>\
            <style>\(style)</style></head>
            <body><main>
            \(header(report))
            \(SliceSection.render(report.slices, leftOut: LeftOutRows.sentence(report)))
            \(GateSection.render(report.gates))
            \(TrainingSection.render(report.training, classifies: report.provenance.adapter.task != nil))
            \(ParitySection.render(report.parity))
            \(AnalysisSection.render(report.analysis))
            \(ProvenanceSection.render(report.provenance))
            \(UsageSection.render(report))
            <footer>Written by lorad. Every figure stands in report.json beside this page.</footer>
            </main></body></html>

            """
        return page.markup
    }

    private static func header(_ report: RunReport) -> HTML {
        let style = report.status == .succeeded ? "pass" : "fail"
        let sign = report.status == .succeeded ? "✓" : "✗"
        let provenance = report.provenance
        return """
            <header><p class="run">LoRA adapter · \(FigureFormat.time(provenance.finishedAt))</p>\
            <h1>\(TextBlock.short(provenance.name)) <span class="badge \(style)">\(sign) \(report.status.rawValue)</span></h1>\
            <p class="lede">\(TextBlock.short(ResultSentence.render(report), to: 1500))</p>\(facts(report))</header>
            """
    }

    private static func facts(_ report: RunReport) -> HTML {
        let adapter = report.provenance.adapter
        var entries: [HTML] = [
            fact(
                "Adapter", "rank \(adapter.rank), alpha \(FigureFormat.plain(adapter.alpha))",
                TextBlock.short(adapter.targets.joined(separator: ", ")))
        ]
        if let training = report.training {
            let share = Double(training.trainableParameters) / Double(max(training.baseParameters, 1))
            entries += [
                fact(
                    "Trained", "\(FigureFormat.count(training.trainableParameters)) parameters",
                    "\(FigureFormat.significant(share * 100, 2))% of \(FigureFormat.count(training.baseParameters))"),
                fact(
                    "Time", FigureFormat.duration(training.wallSeconds),
                    "\(FigureFormat.count(training.steps)) steps, \(FigureFormat.significant(training.tokensPerSecond)) tokens/s"
                ),
                fact(
                    "Peak memory", FigureFormat.bytes(training.peakMemoryBytes),
                    "predicted \(FigureFormat.bytes(training.predictedPeakMemoryBytes))"),
            ]
        }
        return "<dl class=\"facts\">\(entries)</dl>"
    }

    private static func fact(_ name: String, _ value: String, _ note: String) -> HTML {
        "<div><dt>\(name)</dt><dd><b>\(value)</b><span>\(note)</span></dd></div>"
    }
}

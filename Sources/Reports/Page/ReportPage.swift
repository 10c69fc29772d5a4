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
            \(UnscoredSection.render(report))
            \(ChangesSection.render(report.changes))
            \(SliceSection.render(report.slices, leftOut: LeftOutRows.sentence(report)))
            \(ComparedSection.render(report))
            \(GateSection.render(report.gates))
            \(AnswersSection.render(report))
            \(LossSection.render(report.training, report.provenance))
            \(ParitySection.render(report.parity, isModel: report.provenance.adapter.isModel))\(UnmergedSection.render(report.unmerged))
            \(AnalysisSection.render(report.analysis))
            \(ProvenanceSection.render(report.provenance))
            \(UsageSection.render(report))
            <footer>\(CacheSentence.render(report).map { "\($0) " } ?? "")Written by lorad. Every figure stands in report.json beside this page.</footer>
            </main></body></html>

            """
        return page.markup
    }

    private static func header(_ report: RunReport) -> HTML {
        let provenance = report.provenance
        return """
            <header><p class="run">\(provenance.adapter.artifactName) · \(FigureFormat.time(provenance.finishedAt))</p>\
            <h1>\(TextBlock.short(provenance.name)) \(badge(report))</h1>\
            <p class="lede">\(TextBlock.short(ResultSentence.render(report), to: 1500))</p>\(answers(report))\(facts(report))</header>
            """
    }

    private static func badge(_ report: RunReport) -> HTML {
        if report.isUnscored { return "<span class=\"badge open\">○ not scored</span>" }
        return report.status == .succeeded
            ? "<span class=\"badge pass\">✓ \(report.status.rawValue)</span>"
            : "<span class=\"badge fail\">✗ \(report.status.rawValue)</span>"
    }

    private static func answers(_ report: RunReport) -> HTML {
        let entries = ReportAnswers(report).all.map { answer -> HTML in
            let sign = answer.mood == .good ? "✓" : answer.mood == .bad ? "✗" : "○"
            return """
                <div><dt>\(answer.question)</dt><dd><b class="\(answer.mood.rawValue)">\(sign) \(answer.word)</b>\
                <span>\(TextBlock.short(answer.note, to: 300))</span></dd></div>
                """
        }
        return "<dl class=\"answers\">\(entries)</dl>"
    }

    private static func facts(_ report: RunReport) -> HTML {
        let adapter = report.provenance.adapter
        var entries: [HTML] = [
            fact(
                adapter.isModel ? "Method" : "Adapter", adapter.size ?? adapter.methodName,
                TextBlock.short(adapter.targets.joined(separator: ", ")))
        ]
        if let training = report.training {
            let share = Double(training.trainableParameters) / Double(max(training.baseParameters, 1))
            entries += [
                fact(
                    "Trained", "\(FigureFormat.count(training.trainableParameters)) parameters",
                    "\(FigureFormat.significant(share * 100, 2))% of \(FigureFormat.count(training.baseParameters))"),
                fact(
                    "Time, the whole job", FigureFormat.duration(report.provenance.seconds),
                    "of it \(FigureFormat.duration(training.wallSeconds)) training: \(FigureFormat.count(training.steps)) "
                        + "steps, \(FigureFormat.significant(training.tokensPerSecond)) tokens/s"
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

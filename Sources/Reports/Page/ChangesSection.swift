import Common

/// What changed since the last run of the name: figures, rows that flipped, settings.
enum ChangesSection {
    static func render(_ changes: ChangesReport?) -> HTML {
        guard let changes else { return "" }
        return """
            <section aria-labelledby="changes"><h2 id="changes">Since the last run</h2>\
            <p class="note">The run before is <code>\(TextBlock.short(changes.run))</code>, finished \
            \(FigureFormat.time(changes.finishedAt)).</p>\(metrics(changes.metrics))\(flips(changes.flips))\
            \(settings(changes.settings))</section>
            """
    }

    private static func metrics(_ metrics: [MetricChange]) -> HTML {
        guard !metrics.isEmpty else { return "" }
        let rows = metrics.prefix(40).map { change -> HTML in
            let test = change.comparison.map(ReportAnswers.test) ?? "–"
            return """
                <tr><th scope="row" class="name">\(change.metric.replacingOccurrences(of: "_", with: " ")), \
                \(change.slice == "all" ? "all rows" : TextBlock.short(change.slice))</th>\
                <td class="n">\(ReportAnswers.figure(change.metric, change.before))</td>\
                <td class="n">\(ReportAnswers.figure(change.metric, change.after))</td>\
                <td class="n">\(ReportAnswers.difference(change))</td><td>\(test)</td></tr>
                """
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Figures of both runs"><table><thead><tr>\
            <th scope="col">Figure</th><th scope="col" class="n">Before</th><th scope="col" class="n">Now</th>\
            <th scope="col" class="n">Change</th><th scope="col">Told apart</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func flips(_ flips: FlippedRows?) -> HTML {
        guard let flips else {
            return "<p class=\"note\">No row can be compared: the run before kept no scores of the same rows.</p>"
        }
        let said = """
            <h3>Rows that flipped</h3><p>Of \(FigureFormat.count(flips.compared)) rows that both runs scored, \
            \(FigureFormat.count(flips.nowRight)) are right now and were wrong, \
            \(FigureFormat.count(flips.nowWrong)) are wrong now and were right.</p>
            """ as HTML
        guard !flips.rows.isEmpty else { return said }
        let rows = flips.rows.map { row -> HTML in
            """
            <tr><td>\(row.isRight ? "✓ right now" : "✗ wrong now")</td><td class="n">\(row.line)</td>\
            <td class="name">\(row.slice.map { TextBlock.short($0, to: 40) } ?? "–")</td>\
            <td><div class="text" dir="auto">\(TextBlock.compared(row.text, with: nil, limit: 400, style: ""))</div></td></tr>
            """
        }
        let rest = flips.nowRight + flips.nowWrong - rows.count
        let more: HTML = rest > 0 ? "<p class=\"note\">\(FigureFormat.count(rest)) more are in scores.jsonl.</p>" : ""
        return """
            \(said)<details><summary>\(FigureFormat.count(rows.count)) of them with their texts</summary>\
            <div class="scroll" tabindex="0" role="region" aria-label="Rows that flipped"><table><thead><tr>\
            <th scope="col">Now</th><th scope="col" class="n">Line</th><th scope="col">Slice</th>\
            <th scope="col">Text</th></tr></thead><tbody>\(rows)</tbody></table></div></details>\(more)
            """
    }

    private static func settings(_ settings: [SettingChange]) -> HTML {
        guard !settings.isEmpty else { return "<p>Settings and data are the same.</p>" }
        let rows = settings.map { change -> HTML in
            """
            <tr><th scope="row" class="name mono">\(TextBlock.short(change.key))</th>\
            <td class="name">\(change.before ?? "–")</td><td class="name">\(change.after ?? "–")</td></tr>
            """
        }
        return """
            <h3>Settings and data</h3><div class="scroll" tabindex="0" role="region" aria-label="Settings that changed">\
            <table><thead><tr><th scope="col">Setting</th><th scope="col">Before</th><th scope="col">Now</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div>
            """
    }
}

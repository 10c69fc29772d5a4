import Common
import ForeignText

/// What was trained on: rows kept, cut and left out, and one row with its mask.
enum DataSection {
    static func render(_ training: TrainingReport, _ provenance: Provenance) -> HTML {
        // Each row has one label, or tokens that are predicted.
        let classifies = provenance.adapter.task != nil
        return """
            <h3>What was trained on</h3><p>\(sentence(training, classifies))</p>\
            \(sources(training.sources))\(contamination(training.contamination, provenance))\(sample(training.sample))
            """
    }

    private static func sentence(_ training: TrainingReport, _ classifies: Bool) -> String {
        let rows = training.rows
        let supervised = FigureFormat.count(training.supervisedTokens)
        var text = """
            \(SeenRows.sentence(training)), \(FigureFormat.count(training.tokens)) tokens in all steps\
            \(classifies ? "; the loss is that of \(supervised) labels, one a row" : ", of which \(supervised) carry the loss").
            """
        text += rows.truncated > 0 ? " \(FigureFormat.count(rows.truncated)) rows were cut to the maximum length." : ""
        text += rows.dropped > 0 ? " \(FigureFormat.count(rows.dropped)) rows were left out." : ""
        text += rows.truncated == 0 && rows.dropped == 0 ? " No row was cut or left out for its length." : ""
        return text
    }

    private static func sources(_ sources: [SourceReport]?) -> HTML {
        guard let sources else { return "" }
        let rows = sources.map { source -> HTML in
            """
            <tr><td>\(ForeignText.line(source.path))</td><td class="n">\(FigureFormat.count(source.rows))</td>\
            <td class="n">\(FigureFormat.count(source.trained))</td>\
            <td class="n">\(FigureFormat.count(source.seen))</td>\
            <td class="n">\(source.loss.map { FigureFormat.fixed($0) } ?? "–")</td></tr>
            """
        }
        let note: HTML = """
            <p class="note">A file's training loss is the mean over all that was predicted of its rows, each as it was in \
            its own step: files can be compared by it. That of the finished adapter is usually lower.</p>
            """
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Files that were trained on"><table><thead><tr>\
            <th>File</th><th class="n">Rows</th><th class="n">Trained on</th><th class="n">Seen in all steps</th>\
            <th class="n">Training loss</th></tr></thead><tbody>\(rows)</tbody></table></div>\
            \(sources.contains { $0.loss != nil } ? note : "")
            """
    }

    /// Nothing of data that is not there.
    private static func contamination(_ counts: ContaminationCounts, _ provenance: Provenance) -> HTML {
        let heldOut: [DatasetProvenance.Role] = [.validation, .evaluation]
        let there = heldOut.filter { role in provenance.datasets.contains { $0.role == role } }.map(\.rawValue)
        guard !there.isEmpty else { return "" }
        guard counts.validation + counts.evaluation > 0 else {
            return "<p>No training row stands in the \(there.joined(separator: " or ")) data.</p>"
        }
        return """
            <p>\(FigureFormat.count(counts.dropped)) training rows also stand in the data that judge the adapter \
            (\(FigureFormat.count(counts.validation)) validation, \(FigureFormat.count(counts.evaluation)) evaluation) \
            and were dropped from training.</p>
            """
    }

    private static func sample(_ sample: TrainingSample?) -> HTML {
        guard let sample else { return "" }
        var budget = 2000
        var omitted = 0
        let spans = sample.spans.prefix(500).map { span -> HTML in
            let shown = ForeignText.beginning(of: span.text, budget)
            budget -= min(budget, span.text.unicodeScalars.count)
            omitted += shown.omitted
            return span.trained && !shown.text.isEmpty ? "<mark>\(shown.text)</mark>" : "\(shown.text)"
        }
        return """
            <p class="note">One row as the model saw it. The loss is taken on the marked part only.</p>\
            <div class="text" dir="auto">\(spans)\(TextBlock.omission(omitted))</div>
            """
    }
}

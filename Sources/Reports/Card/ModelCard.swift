import Common
import ForeignText
import Foundation

/// `README.md` of a published run: a model card as the Hugging Face Hub reads it. It states what is known from the run's
/// own data and nothing else; the licence is left for its owner to choose.
package enum ModelCard {
    /// The card of a run that succeeded.
    package static func render(_ report: RunReport) -> String {
        let provenance = report.provenance
        return """
            ---
            \(ModelCardMetadata.render(report))---

            # \(ForeignText.forMarkdown(provenance.name))

            \(opening(provenance)), trained and checked by lorad.
            \(ForeignText.forMarkdown(ResultSentence.render(report)))

            ## How to use it

            \(usage(provenance))

            Check that every file is as published, and that your base is the one it was trained on:

            ```sh
            \(UsageSnippet.verify(provenance))
            ```

            \(results(report))## How it was trained

            \(recipe(report))
            ## Limitations

            \(limitations(report))
            The whole report, with the loss curve, the parity proof and the spectrum of the update, is `report.html`; its
            figures are in `report.json`, and where everything came from in `provenance.json`.

            """
    }

    private static func opening(_ provenance: Provenance) -> String {
        let method = ForeignText.forMarkdown(provenance.adapter.methodName)
        return provenance.adapter.isModel
            ? "A model made of \(base(provenance)) by \(method)" : "A \(method) adapter for \(base(provenance))"
    }

    private static func usage(_ provenance: Provenance) -> String {
        guard let python = UsageSnippet.python(provenance) else {
            let command = UsageSnippet.lorad(provenance)
            return "PEFT has no such adapters. In the folder of this file:\n\n```sh\n\(command)\n```"
        }
        return "In the folder of this file:\n\n```python\n\(python)\n```"
    }

    private static func base(_ provenance: Provenance) -> String {
        let base = provenance.base
        return
            "\(ForeignText.forMarkdownCode(base.hubID ?? base.path)) (\(ForeignText.forMarkdown(base.modelType)), SHA-256 \(ForeignText.forMarkdownCode(base.sha256)))"
    }

    private static func results(_ report: RunReport) -> String {
        guard !report.slices.isEmpty else { return "" }
        let isRegression = report.provenance.adapter.task == "regression"
        let title = isRegression ? "Pearson" : "accuracy"
        let rows = report.slices.map { slice in
            let cells = [
                ForeignText.forMarkdown(slice.name), FigureFormat.count(slice.rows),
                isRegression ? correlation(slice.base) : share(slice.base),
                isRegression ? correlation(slice.adapter) : share(slice.adapter),
                FigureFormat.fixed(slice.base.loss), FigureFormat.fixed(slice.adapter.loss),
            ]
            return "| \(cells.joined(separator: " | ")) |\n"
        }
        let gates = report.gates.map {
            "- \($0.passed ? "passed" : "failed"): \(ForeignText.forMarkdown(GateWording.demand($0)))\n"
        }
        return """
            ## Results

            | slice | rows | \(title), base | \(title), adapter | loss, base | loss, adapter |
            |---|--:|--:|--:|--:|--:|
            \(rows.joined())
            \(isRegression ? "" : "In brackets, 95% Wilson intervals. ")\(loss(report))\(dropped(report))

            \(gates.joined())\(gates.isEmpty ? "" : "\n")
            """
    }

    private static func loss(_ report: RunReport) -> String {
        switch report.provenance.adapter.task {
        case nil: "Loss is the mean over supervised tokens, in nats."
        case "regression": "Loss is the mean squared error. The base is the one below with the head as it was drawn."
        default:
            "Loss is the mean over rows, in nats. The base is the one below with the head that training started from."
        }
    }

    /// Rows that no figure speaks of.
    private static func dropped(_ report: RunReport) -> String {
        LeftOutRows.sentence(report).map { " " + ForeignText.forMarkdown($0) } ?? ""
    }

    private static func correlation(_ score: SliceScore) -> String {
        score.pearson.map { FigureFormat.fixed($0) } ?? "–"
    }

    private static func share(_ score: SliceScore) -> String {
        guard let accuracy = score.accuracy else { return "–" }
        let interval = score.accuracyInterval.map {
            " [\(FigureFormat.percent($0.low)), \(FigureFormat.percent($0.high))]"
        }
        return FigureFormat.percent(accuracy) + (interval ?? "")
    }

    private static func recipe(_ report: RunReport) -> String {
        let (adapter, training) = (report.provenance.adapter, report.provenance.training)
        let datasets = report.provenance.datasets.map {
            "- \($0.role.rawValue): \(ForeignText.forMarkdownCode($0.path)), \(FigureFormat.count($0.rows)) rows, SHA-256 `\($0.sha256)`\n"
        }
        return """
            - \(([adapter.methodText] + adapter.settings).map(ForeignText.forMarkdown).joined(separator: ", "))\
            \(targets(adapter))\(head(adapter))
            - \(training.steps) steps of \(training.batchSize) rows, learning rate \
            \(FigureFormat.plain(training.learningRate)) \
            (\(ForeignText.forMarkdown(ScheduleWording.render(training))))\(ScheduleWording.regularisation(training)), \
            seed \(training.seed), \(ForeignText.forMarkdown(training.dtype))
            \(report.training.flatMap { $0.rowsSeen == nil ? nil : "- \(SeenRows.sentence($0))\n" } ?? "")\
            \(report.provenance.parent.map(parent) ?? "")\
            \(report.training.flatMap(CheckpointSentence.render).map { "- \(ForeignText.forMarkdown($0))\n" } ?? "")\
            \(datasets.joined())
            """
    }

    private static func targets(_ adapter: AdapterProvenance) -> String {
        guard !adapter.targets.isEmpty else { return "" }
        return ", on " + adapter.targets.map(ForeignText.forMarkdownCode).joined(separator: ", ")
    }

    private static func parent(_ parent: ParentProvenance) -> String {
        "- training went on from \(ForeignText.forMarkdownCode(parent.path)), SHA-256 `\(parent.sha256)`\n"
    }

    /// The classification head, which belongs to the adapter, and its labels in the order of its outputs.
    private static func head(_ adapter: AdapterProvenance) -> String {
        guard let task = adapter.task else { return "" }
        guard let labels = adapter.labels else { return "\n- a \(task) head with one output, trained in full" }
        let names = labels.enumerated().map { "\($0) \(ForeignText.forMarkdownCode($1))" }.joined(separator: ", ")
        return "\n- a \(task) head, trained in full; its labels: \(names)"
    }

    private static func limitations(_ report: RunReport) -> String {
        let isModel = report.provenance.adapter.isModel
        var facts =
            isModel ? [] : ["It fits the base named above and no other; on other weights its answers are undefined."]
        let worse = report.slices.filter { ($0.adapter.accuracy ?? 0) < ($0.base.accuracy ?? 0) }
        if !worse.isEmpty {
            facts.append("It is less accurate than the base on: \(worse.map(\.name).joined(separator: ", ")).")
        }
        if let weakest = report.slices.filter({ $0.adapter.accuracy != nil })
            .min(by: { ($0.adapter.accuracy ?? 0) < ($1.adapter.accuracy ?? 0) }),
            let accuracy = weakest.adapter.accuracy
        {
            facts.append("Its weakest slice is \(weakest.name), at \(FigureFormat.percent(accuracy)).")
        }
        if let smallest = report.slices.min(by: { $0.rows < $1.rows }) {
            facts.append("Its smallest slice, \(smallest.name), has \(FigureFormat.count(smallest.rows)) rows.")
        }
        if report.slices.isEmpty {
            facts.append("It was scored on no data: nothing says whether it is better than the base.")
        }
        if let parity = report.parity {
            let subject = isModel ? "That its files hold what was trained" : "Merging"
            facts.append("\(subject) was proved in \(parity.dtype) on \(parity.prompts.count) prompts only.")
        }
        if let unmerged = report.unmerged { facts.append(UnmergedWording.sentence(unmerged)) }
        let licence = report.provenance.license == nil ? "; no licence has been stated" : ""
        facts.append("Nothing outside the data listed here was tested\(licence).")
        return facts.map { "- \(ForeignText.forMarkdown($0))\n" }.joined()
    }
}

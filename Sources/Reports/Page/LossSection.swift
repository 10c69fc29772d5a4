import Common

/// The loss curve with its validation points, the learning rate and the gradient's norm beside it.
enum LossSection {
    static func render(_ training: TrainingReport?, _ provenance: Provenance) -> HTML {
        guard let training else { return "" }
        return """
            <section aria-labelledby="training"><h2 id="training">Training</h2>\(lossFigure(training))\
            <div class="pair">\(companion("Learning rate", training.learningRate, noisy: false))\
            \(companion("Gradient norm, before clipping", training.gradientNorm, noisy: true))</div>\
            \(kept(training))\(DataSection.render(training, provenance))</section>
            """
    }

    private static func kept(_ training: TrainingReport) -> HTML {
        CheckpointSentence.render(training).map { "<p>\($0)</p>" } ?? ""
    }

    private static func lossFigure(_ training: TrainingReport) -> HTML {
        let validation = training.validation.filter { $0.loss.isFinite }
        let window = max(1, training.loss.count / 40) | 1
        let smooth = PlotSeries.smoothed(training.loss, window: window)
        guard let scale = PlotScale(covering: training.loss + validation.map(\.loss)),
            let first = smooth.points.first, let last = smooth.points.last
        else { return "<p class=\"note\">No loss was recorded.</p>" }
        let raw = PlotSeries(training.loss)
        let steps = min(1, Double(validation.first?.step ?? 1))...Double(max(training.loss.count, 2))
        let summary = """
            Training loss, smoothed, from \(FigureFormat.fixed(first.value)) at step 1 to \
            \(FigureFormat.fixed(last.value)) at step \(FigureFormat.count(training.loss.count)).
            """
        let plot = StepPlot(
            title: "Training and validation loss", description: summary, height: 240, steps: steps, scale: scale)
        let paths = [raw, smooth].map { $0.path(steps: steps, scale: scale, height: plot.height) }
        let marks = drawn(validation, in: plot)
        return """
            <figure>\(key(hasValidation: !validation.isEmpty, window: window))\
            \(plot.render(paths: [("faint", paths[0]), ("line", paths[1])], marks: marks) { axisLabel($0, scale) })\
            <figcaption>\(summary)\(validationNote(validation))\(samplingNote(raw, training))</figcaption></figure>
            """
    }

    /// Every validation point, or, of very many, evenly chosen ones with the last.
    private static func drawn(_ validation: [ValidationPoint], in plot: StepPlot) -> [HTML] {
        let every = max(1, validation.count / 200)
        return validation.enumerated().compactMap { index, point in
            guard index % every == 0 || index == validation.count - 1 else { return nil }
            let title = "validation loss \(FigureFormat.fixed(point.loss)) after step \(point.step)"
            return """
                <circle class="validation" cx="\(plot.x(Double(point.step)))%" cy="\(plot.y(point.loss))" r="4.5">\
                <title>\(title)</title></circle>
                """
        }
    }

    private static func key(hasValidation: Bool, window: Int) -> HTML {
        let smoothed = window == 1 ? "each step" : "mean of \(window) steps"
        let validation: HTML = """
            <li><svg width="12" height="12" aria-hidden="true"><circle class="validation" cx="6" cy="6" r="4.5"/></svg>\
            validation</li>
            """
        return """
            <ul class="key"><li><svg width="20" height="8" aria-hidden="true"><path class="line" d="M0 4H20"/></svg>\
            \(smoothed)</li><li><svg width="20" height="8" aria-hidden="true"><path class="faint" d="M0 4H20"/></svg>\
            every step</li>\(hasValidation ? validation : "")</ul>
            """
    }

    private static func validationNote(_ validation: [ValidationPoint]) -> String {
        guard let last = validation.last, let best = validation.min(by: { $0.loss < $1.loss }) else { return "" }
        let lowest =
            " Validation loss was lowest, \(FigureFormat.fixed(best.loss)), after step \(FigureFormat.count(best.step))"
        return best.step == last.step
            ? "\(lowest), the last." : "\(lowest), and \(FigureFormat.fixed(last.loss)) at the end."
    }

    private static func samplingNote(_ raw: PlotSeries, _ training: TrainingReport) -> String {
        var note = ""
        if raw.stepsPerBucket > 1 {
            note += " The faint line shows the least and the greatest loss of every \(raw.stepsPerBucket) steps."
        }
        if let step = training.loss.firstIndex(where: { !$0.isFinite }) {
            note += " At step \(step + 1) the loss was \(FigureFormat.fixed(training.loss[step]))."
        }
        return note + " All figures are in report.json."
    }

    private static func companion(_ title: String, _ values: [Double], noisy: Bool) -> HTML {
        guard let scale = PlotScale(covering: values, ticks: 2, includingZero: true), !values.isEmpty else { return "" }
        let steps = 1...Double(max(values.count, 2))
        let most = FigureFormat.significant(values.filter(\.isFinite).max() ?? 0)
        let plot = StepPlot(title: title, description: "At most \(most).", height: 72, steps: steps, scale: scale)
        let raw = PlotSeries(values)
        var lines = [(style: "quiet", series: raw)]
        if noisy, raw.stepsPerBucket > 1 {
            lines = [("haze", raw), ("quiet", PlotSeries.smoothed(values, window: values.count / 40 | 1))]
        }
        let paths = lines.map { ($0.style, $0.series.path(steps: steps, scale: scale, height: plot.height)) }
        return """
            <figure><h3>\(title)</h3>\(plot.render(paths: paths) { axisLabel($0, scale) })</figure>
            """
    }

    private static func axisLabel(_ value: Double, _ scale: PlotScale) -> String {
        FigureFormat.significant(value, scale.high >= 1000 ? 4 : 2)
    }
}

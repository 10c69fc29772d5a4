import AdapterKinds
import Manifests

/// Manifests with every field varied, for the round trip.
struct RandomManifest {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(state: seed) }

    private static let texts = [
        "no", "yes", "null", "~", "8", "1e-4", "0x1F", ".inf", " leading", "trailing ", "a: b", "a # b", "- x", "[x]",
        "\"", "\\", "it's", "line\nbreak", "tab\there", "ünïcödé", "日本", "👩‍👩‍👧", "\u{1B}", "\u{2028}", "\u{FEFF}x", "%x",
        "*x", "&x", "!x", "?", "x:", "", "=", "<<", "@x", "`x`", "{", "\u{FFFE}", "\u{85}", "|", ">", "...", "---",
    ].filter { !$0.isEmpty }

    private mutating func text() -> String {
        let first = Self.texts.randomElement(using: &random)!
        return Bool.random(using: &random) ? first : first + Self.texts.randomElement(using: &random)!
    }

    /// Text that a path may be: seen whole.
    private mutating func path() -> String {
        while true {
            let text = text()
            let hidden = "\n\t\u{1B}\u{2028}\u{FEFF}\u{FFFE}\u{85}".unicodeScalars
            if text.unicodeScalars.allSatisfy({ !hidden.contains($0) }) { return text }
        }
    }

    private mutating func number(_ range: Range<Double>) -> Double {
        Bool.random(using: &random)
            ? Double.random(in: range, using: &random)
            : range.lowerBound + (range.upperBound - range.lowerBound) * exp2(Int.random(in: 1...60, using: &random))
    }

    private func exp2(_ power: Int) -> Double { (0..<power).reduce(1) { value, _ in value / 2 } }

    private mutating func chance() -> Bool { Bool.random(using: &random) }

    mutating func make() throws -> JobManifest {
        var manifest = try load(shortest)
        manifest.name = "a.b-c_\(Int.random(in: 0...99, using: &random))"
        manifest.base.path = path()
        manifest.base.tokenizerSHA256 = chance() ? String(repeating: "1", count: 64) : nil
        manifest.dataset.train = .file("train" + path())
        if chance() { manifest.dataset.train = sources() }
        manifest.dataset.validation = chance() ? "validation" + path() : nil
        if chance() {
            manifest.dataset.columns = ColumnsSection()
            for column in DatasetColumn.allCases where chance() {
                manifest.dataset.columns?[column] = "\(column)" + text()
            }
        }
        manifest.dataset.format = chance() ? .promptCompletion : nil
        manifest.dataset.labels = manifest.dataset.format == nil && chance() ? ["no", "1"] + [text() + "x"] : nil
        manifest.adapter.rank = Int.random(in: 1...4096, using: &random)
        manifest.adapter.alpha = number(1..<1e9)
        manifest.adapter.dropout = number(0..<0.99)
        manifest.adapter.rankPattern =
            chance()
            ? ["a" + path(), "b.*" + path()].map { NamedValue(name: $0, value: Int.random(in: 1...99, using: &random)) }
            : nil
        manifest.adapter.alphaPattern = chance() ? [NamedValue(name: "a" + path(), value: number(1..<99))] : nil
        manifest.adapter.exclude = chance() ? ["x" + text()] : nil
        manifest.adapter.layers = chance() ? [LayerRange(0...0), LayerRange(3...7)] : nil
        manifest.adapter.beginning = chance() ? AdapterBeginning.allCases.randomElement(using: &random) : nil
        manifest.adapter.initFrom = manifest.adapter.beginning == nil && chance() ? "parent" + path() : nil
        manifest.adapter.targets = chance() ? nil : Array(Set([text(), text(), "q_proj"])).sorted()
        fillTraining(&manifest.training, validation: manifest.dataset.validation != nil)
        fillEvaluation(&manifest)
        manifest.merge.export = MergeExport.allCases.randomElement(using: &random)!
        manifest.merge.tolerance = chance() ? number(1e-9..<1) : nil
        manifest.notify = chance() ? [[], ["chat"], ["no", "8"]].randomElement(using: &random)! : nil
        return manifest
    }

    private mutating func sources() -> TrainingFiles {
        .sources(
            (0..<Int.random(in: 1...4, using: &random)).map { index in
                var source = SourceSection()
                source.path = "train\(index)" + path()
                source.copies = chance() ? 3 : nil
                source.limit = source.copies == nil && chance() ? 7 : nil
                source.format = chance() ? .promptCompletion : nil
                return source
            })
    }

    private mutating func fillTraining(_ training: inout TrainingSection, validation: Bool) {
        training.maxSteps = chance() ? Int.random(in: 1...1000, using: &random) : nil
        training.epochs = training.maxSteps == nil ? number(0.1..<99) : nil
        training.learningRate = number(1e-12..<1)
        training.warmupSteps = chance() ? Int.random(in: 0...99, using: &random) : nil
        training.warmupRatio = training.warmupSteps == nil ? number(0..<0.9) : nil
        training.labelSmoothing = chance() ? number(0..<0.9) : nil
        training.loraPlusRatio = chance() ? number(1..<99) : nil
        training.neftuneAlpha = chance() ? number(0.1..<99) : nil
        if chance() {
            training.schedule = .warmupStableDecay
            training.minLRRate = chance() ? number(0..<0.9) : nil
            training.decaySteps = chance() ? Int.random(in: 1...99, using: &random) : nil
        }
        training.maxGradNorm = number(0..<1e300)
        training.seed = Int.random(in: 0...Int.max, using: &random)
        training.appendEOS = chance()
        training.microBatchTokens = chance() ? 4096 : nil
        training.validateEvery = validation ? Int.random(in: 1...99, using: &random) : nil
        if validation && chance() {
            training.best = BestCheckpoint()
            training.best?.keep = chance() ? .best : .last
            training.best?.metric = chance() ? .validationLoss : .slice("all", .accuracy)
        }
        if validation && chance() {
            training.earlyStopping = try? load(
                shortest.replacing("dataset: train.jsonl", with: "dataset: {train: a, validation: b}")
                    + "training: {early_stopping: {patience: 2, min_delta: 1e-7}}"
            ).training.earlyStopping
        }
    }

    private mutating func fillEvaluation(_ manifest: inout JobManifest) {
        guard chance() else { return }
        manifest.evaluation.data = "test" + path()
        manifest.evaluation.sliceBy = chance() ? text() : nil
        manifest.evaluation.choices = chance() ? [text() + "a", text() + "b"] : nil
        manifest.evaluation.limit = chance() ? 9 : nil
        guard
            let gates = try? load(
                shortest + "evaluation: {data: d, slice_by: x}\n"
                    + "gates: [{metric: accuracy, min: 0.75}, {slice: no, metric: loss, better_than: base, max: 3e-9}]"
            ).gates
        else { return }
        manifest.gates = manifest.evaluation.sliceBy == nil ? [gates[0]] : gates
    }
}

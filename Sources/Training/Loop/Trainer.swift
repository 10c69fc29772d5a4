import Foundation
import Tensors
import Transformers

/// The training loop: a step is a shuffle's next rows, packed, forward and backward, clipped, applied.
///
/// A run is a function of data, configuration and what is trained as it begins: interrupted after any checkpoint and resumed, it
/// ends in the same bits.
package final class Trainer {
    private let model: LanguageModel
    private let trainable: any Trainable
    private let configuration: TrainingConfiguration
    private let examples: any ExampleSource
    private let validation: [TokenizedExample]
    private var order: StepRows
    private var microBatches: MicroBatches
    /// The current step's rows, and what they are.
    private var rows: [Int] = []
    private var taken: [TokenizedExample] = []
    private let schedule: LearningRateSchedule
    private let optimizer: AdamW
    /// What the run ends with; nil where that is the last step's.
    private let best: BestValues?
    /// Where the examples of each source stand; empty where nobody asks for their losses.
    private let sources: [Range<Int>]
    private let labelLosses: LabelLosses?
    private var result = TrainingResult()
    private var nextStep = 0
    private var knownFingerprint: String?

    /// - Parameters:
    ///   - trainable: a part of `model`; it is what is trained.
    ///   - validation: may be empty.
    ///   - sources: consecutive examples whose losses are to be told apart; every example is of one, or there is none.
    package init(
        model: LanguageModel, trainable: any Trainable, configuration: TrainingConfiguration,
        examples: any ExampleSource, validation: [TokenizedExample], sources: [Range<Int>] = []
    ) {
        self.model = model
        self.trainable = trainable
        self.configuration = configuration
        self.examples = examples
        self.validation = validation
        order = StepRows(count: examples.count, configuration)
        microBatches = MicroBatches(maximumTokens: configuration.microBatchTokens)
        microBatches.reserve(for: examples, batchSize: configuration.batchSize)
        schedule = LearningRateSchedule(
            kind: configuration.schedule, peak: configuration.learningRate, warmupSteps: configuration.warmupSteps,
            totalSteps: configuration.steps, minimumShare: configuration.minimumRateShare,
            decaySteps: configuration.decaySteps)
        result.kernels = [.here(from: 0)]
        optimizer = AdamW(
            trainable.parameters, weightDecay: configuration.weightDecay, ratio: configuration.raisedRateRatio)
        best = configuration.keepsBest ? BestValues(trainable.parameters) : nil
        result.criterion = configuration.criterion
        self.sources = sources
        let most = (0..<examples.count).reduce(0) { max($0, examples.labelCount(at: $1)) }
        labelLosses =
            sources.isEmpty ? nil : LabelLosses(reserving: min(most, 1 << 12) * min(configuration.batchSize, 1 << 8))
        result.sources = sources.isEmpty ? nil : sources.map { _ in SourceLoss() }
    }

    /// What measures the configuration's criterion on the model as it is; told, as it goes, the share that is done.
    /// NaN where it has no value.
    package typealias Measure = (_ told: (Double) -> Void) throws -> Double

    /// Trains to the last step, and puts back the values of an earlier one where the configuration keeps the best.
    ///
    /// - Parameters:
    ///   - checkpoint: file to resume from if it exists, and to write to.
    ///   - shouldStop: asked after each step; on true a checkpoint is written and `TrainingError.interrupted` thrown.
    ///   - progress: told of each step.
    ///   - validated: told of each batch of a validation.
    ///   - moved: called after each batch of a step, of which a step may have many.
    ///   - measure: asked at each validation where the configuration has a criterion.
    /// - Throws: `TrainingError.notFinite` naming the step whose loss or gradient is NaN or infinite, `.mismatch` for a
    ///   checkpoint of another run; as the examples, the model, the checkpoint's file and `measure`.
    package func run(
        checkpoint: String? = nil, shouldStop: () -> Bool = { false }, progress: (TrainingProgress) -> Void = { _ in },
        validated: (ValidationProgress) -> Void = { _ in }, moved: () -> Void = {}, measure: Measure? = nil
    ) throws -> TrainingResult {
        precondition((measure == nil) == (configuration.criterion == nil), "a criterion that nobody measures")
        if let checkpoint, FileManager.default.fileExists(atPath: checkpoint) { try resume(checkpoint) }
        result.reserve(steps: configuration.steps)
        while nextStep < configuration.steps, !hasStalled {
            progress(try step(moved))
            let isLast = nextStep == configuration.steps
            if !validation.isEmpty, isLast || isDue(configuration.validateEvery) { try validate(validated, measure) }
            let stops = !isLast && shouldStop()
            if let checkpoint, stops || isDue(configuration.checkpointEvery) { try save(checkpoint) }
            if stops {
                throw TrainingError(
                    .interrupted, "Training was stopped after step \(nextStep) of \(configuration.steps).")
            }
        }
        result.keptStep = nextStep
        if let best, let step = result.best?.step, step != nextStep {
            best.restore()
            result.keptStep = step
        }
        return result
    }

    /// Whether the validation loss has not improved for as long as the configuration waits.
    private var hasStalled: Bool {
        guard let patience = configuration.patience, result.validation.count > patience else { return false }
        let losses = result.validation.map(\.loss)
        let before = losses.dropLast(patience).min() ?? .infinity
        return !losses.suffix(patience).contains { $0 < before - configuration.minimumImprovement }
    }

    private func isDue(_ every: Int) -> Bool { every > 0 && nextStep % every == 0 }

    private func step(_ moved: () -> Void) throws -> TrainingProgress {
        let start = DispatchTime.now()
        order.take(step: nextStep, into: &rows)
        try examples.take(rows, into: &taken)
        let labels = taken.reduce(0) { $0 + $1.labelPositions.count }
        var total = 0.0
        labelLosses?.removeAll()
        try microBatches.forEach(of: taken) { batch in
            total += try model.trainingStep(
                batch, lossScale: 1 / Float(labels), step: UInt64(nextStep),
                regularisation: configuration.regularisation, labelLosses: labelLosses)
            moved()
        }
        let loss = total / Double(labels) + trainable.regularise()
        let norm = optimizer.gradientNorm()
        guard loss.isFinite, norm.isFinite else { throw notFinite(loss: loss, norm: norm) }
        if configuration.maximumGradientNorm > 0 {
            optimizer.clip(norm: norm, maximum: configuration.maximumGradientNorm)
        }
        let rate = schedule.rate(step: nextStep)
        nextStep += 1
        optimizer.update(learningRate: rate, step: nextStep) { trainable.updated(step: nextStep) }

        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
        let tokens = taken.reduce(0) { $0 + $1.tokens.count }
        result.losses.append(loss)
        result.learningRates.append(rate)
        result.gradientNorms.append(norm)
        result.tokens += tokens
        result.supervisedTokens += labels
        countSources()
        result.seconds += seconds
        return TrainingProgress(
            step: nextStep, totalSteps: configuration.steps, loss: loss, learningRate: rate, gradientNorm: norm,
            tokens: tokens, seconds: seconds, averageSeconds: result.seconds / Double(nextStep))
    }

    /// Adds the step's losses to those of its rows' sources.
    private func countSources() {
        guard let losses = labelLosses?.values, result.sources != nil else { return }
        var place = 0
        for (row, example) in zip(rows, taken) {
            guard let source = sources.firstIndex(where: { $0.contains(row) }) else { continue }
            let count = example.labelPositions.count
            for index in place..<(place + count) { result.sources?[source].total += Double(losses[index]) }
            result.sources?[source].labels += count
            place += count
        }
    }

    private func notFinite(loss: Double, norm: Double) -> TrainingError {
        let message = "Step \(nextStep + 1) has a loss of \(text(loss)) and a gradient norm of \(text(norm))."
        if nextStep == 0, !loss.isFinite {
            return TrainingError(
                .notFinite, message,
                cause: "Before its first step an adapter changes nothing: it is the base that answers so.",
                advice: "Look for NaN and infinity in the base's weights, or use another base.")
        }
        return TrainingError(
            .notFinite, message,
            cause: "Training has diverged, or a row of that step holds something the model cannot take.",
            advice: "Lower training.learning_rate or raise training.warmup_ratio.")
    }

    /// A number as people write it: the sign and payload of a NaN say nothing.
    private func text(_ value: Double) -> String { value.isNaN ? "NaN" : "\(value)" }

    private func validate(_ validated: (ValidationProgress) -> Void, _ measure: Measure?) throws {
        let start = DispatchTime.now()
        var total = 0.0
        var labels = 0
        let batches = MicroBatches.pack(validation, maximumTokens: configuration.microBatchTokens)
        // What is measured beside the loss goes over the same rows once more, and counts as much.
        let all = batches.count * (measure == nil ? 1 : 2)
        func tell(_ done: Int) {
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
            validated(ValidationProgress(batch: done, batches: all, seconds: seconds))
        }
        for (index, batch) in batches.enumerated() {
            total += try model.losses(batch).reduce(0) { $0 + Double($1) }
            labels += batch.labelRows.count
            tell(index + 1)
        }
        result.validation.append((nextStep, total / Double(max(1, labels))))
        if let measure {
            result.measures.append(try measure { tell(batches.count + Int($0 * Double(batches.count))) })
        }
        if result.best?.step == nextStep { best?.take() }
    }

    /// Everything that a resumed run needs, by name.
    private var state: [(name: String, matrix: Matrix)] {
        optimizer.state + (best?.state ?? []) + trainable.constants + trainable.state
    }

    private func save(_ path: String) throws {
        let note = CheckpointNote(step: nextStep, result: result, run: try fingerprint(), dtype: model.dtype)
        try NamedMatrices.write(state, metadata: note.metadata, to: path)
    }

    private func resume(_ path: String) throws {
        let note = try NamedMatrices.read(state, from: path) { metadata in
            let note = try CheckpointNote(metadata: metadata, path: path, dtype: model.dtype)
            guard try note.run == fingerprint() else {
                throw TrainingError(
                    .mismatch, "The checkpoint \(path) belongs to a run with other data or settings.",
                    advice: "Remove it to train from the start.")
            }
            return note
        }
        nextStep = note.step
        result = note.result
        result.criterion = configuration.criterion
        if result.sources?.count != sources.count { result.sources = nil }
        let here = KernelSpan.here(from: nextStep)
        if result.kernels.last.map(here.agrees) != true { result.kernels.append(here) }
    }

    /// Tells runs apart that must not continue one another. Every example is read for it, once.
    private func fingerprint() throws -> String {
        if let knownFingerprint { return knownFingerprint }
        var hasher = FNV1a()
        hasher.add("\(configuration.fingerprint) \(trainable.fingerprint) \(model.dtype)")
        for place in 0..<examples.count {
            let example = try examples[place]
            hasher.add(example.tokens)
            hasher.add(" ")
            hasher.add(example.labelPositions)
            if let target = example.target { hasher.add("\(example.tokenTypes) \(target)") }
        }
        knownFingerprint = hasher.hexadecimal
        return hasher.hexadecimal
    }
}

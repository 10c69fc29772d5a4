import Adapters
import Evaluation
import ModelFiles
import Reports
import Tokenizers
import Transformers

/// Puts prompts to base, adapter and merged weights, all of them read from files, and judges the answers.
struct ParityProof {
    let base: BaseModelFiles
    let tokenizer: any Tokenizer
    /// Where a generation stops, see `EndTokens`.
    let endTokens: [Int]
    let prompts: [RegressionPrompt]
    let maxNewTokens: Int
    /// Texts are continued, or classified.
    var task = ModelTask.language
    /// Of a fresh head, which is what the base answers with.
    var seed: UInt64 = 0
    /// What the merged weights are stored and served in.
    let dtype: FileDType
    /// In the place of lorad's own bound, where given.
    var tolerance: Double?
    /// What the base alone answered to prompts of a digest, where that is known; hears what it answered where not.
    var knownAnswers: (_ digest: String) throws -> [Generation]? = { _ in nil }
    var answered: (_ answers: [Generation], _ digest: String, _ isKnown: Bool) throws -> Void = { _, _, _ in }
    /// An existing folder with room for the reference's logits.
    let scratchFolder: String
    var shouldStop: () -> Bool = { false }
    /// Hears how many of how many answers there are.
    var progress: (Int, Int) -> Void = { _, _ in }

    /// - Parameters:
    ///   - model: with the adapter as read back; released before the merged weights are loaded.
    ///   - merged: opens the merged weights; called when the other two have answered.
    /// - Throws: what `merged` throws; `EvaluationError.notFinite`, `.interrupted`, or `.mismatch` for a prompt that does
    ///   not fit the base.
    func run(_ model: consuming LanguageModel, _ adapter: Adapter, merged open: () throws -> any WeightSource)
        throws -> ParityReport
    {
        try run(consume model, adapter, merged: open, requantised: nil).parity
    }

    /// The same, and of a requantised model how far it is from base and adapter: no bound of rounding holds for it.
    ///
    /// - Parameter requantised: writes and opens it; called last; nil for none.
    /// - Throws: as above; what `requantised` throws.
    func run(
        _ model: consuming LanguageModel, _ adapter: Adapter, merged open: () throws -> any WeightSource,
        requantised: (() throws -> any WeightSource)?
    ) throws -> (parity: ParityReport, loss: ExportLoss?) {
        let recorder = try recorder()
        let total = (requantised == nil ? 3 : 4) * prompts.count
        let reference = try recorder.reference(model) { progress($0, total) }
        let repetition = try recorder.repetition(model, of: reference)
        adapter.setEnabled(false)
        let baseMeasured = try measureBase(model, recorder, reference) { progress(prompts.count + $0, total) }
        // Two models in memory at once would double what a job needs.
        _ = consume model
        func measured(_ source: any WeightSource, after done: Int) throws -> ParityMeasurement {
            let model = try LanguageModel.load(source, dtype: .float32, task: task.head(seed: seed))
            return try recorder.measure(model, against: reference, answers: nil) {
                progress(done * prompts.count + $0, total)
            }
        }
        let merged = try measured(open(), after: 2)
        let parity = report(reference, base: baseMeasured, merged: merged, repetition)
        let loss = try requantised.map { open in
            ExportLoss(try measured(open(), after: 3), base: baseMeasured, prompts: prompts.count)
        }
        return (parity, loss)
    }

    /// What base and merged weights answered, held against the reference.
    func report(
        _ reference: ParityReference, base: ParityMeasurement, merged: ParityMeasurement, _ repetition: Repetition
    ) -> ParityReport {
        report(
            ParityJudge.report(
                prompts: prompts, adapter: reference, base: base, merged: merged,
                precision: ParityPrecision(dtype) ?? .float32), repetition)
    }

    /// Compares the base alone with the reference. Its own answers depend on no adapter; its logits after the reference's
    /// answers do.
    func measureBase(
        _ model: LanguageModel, _ recorder: any ModelRecorder, _ reference: ParityReference, progress: (Int) -> Void
    ) throws -> ParityMeasurement {
        // A label follows from the logits that are compared: it is known by itself.
        guard task == .language else {
            return try recorder.measure(model, against: reference, answers: nil, progress: progress)
        }
        let digest = recorder.digest
        let known = try knownAnswers(digest)
        let measured = try recorder.measure(model, against: reference, answers: known, progress: progress)
        try answered(measured.answers, digest, known != nil)
        return measured
    }

    /// What puts the prompts to a model.
    func recorder() throws -> any ModelRecorder {
        if let labels = task.labels {
            return try ClassificationRecorder(
                prompts: prompts, labels: labels, tokenizer: tokenizer,
                maximumLength: base.configuration.maxPositions, scratchFolder: scratchFolder, shouldStop: shouldStop)
        }
        let generator = TextGenerator(
            tokenizer: tokenizer, endTokens: endTokens, maximumNewTokens: maxNewTokens)
        return try ParityRecorder(
            prompts: prompts, generator: generator, scratchFolder: scratchFolder, shouldStop: shouldStop)
    }

    private func report(_ judged: ParityResult, _ repetition: Repetition) -> ParityReport {
        let tolerance = tolerance ?? judged.tolerance
        let within = judged.maxAbsLogitDifference <= tolerance
        let others = judged.failures.filter { $0 != .logitsDiffer }
        var report = ParityReport(
            passed: within && others.isEmpty && judged.expectationsPassed && repetition.differing == nil,
            dtype: judged.dtype, tolerance: tolerance,
            maxAbsLogitDifference: judged.maxAbsLogitDifference, meanKL: judged.meanKL,
            top1Agreement: judged.top1Agreement, identicalText: judged.identicalText,
            baseVsAdapterMaxAbsLogitDifference: judged.maxAbsUpdate,
            prompts: zip(prompts, judged.prompts).map { asked, prompt in
                // Several conditions on one text do not fit the report's two fields; whether all hold does.
                let only = asked.expectations.count == 1 ? asked.expectations[0] : nil
                return PromptParity(
                    id: prompt.id, prompt: prompt.prompt, rendered: asked.isRendered ? true : nil, textPair: asked.pair,
                    baseText: prompt.baseText,
                    adapterText: prompt.adapterText,
                    mergedText: prompt.mergedText, maxAbsLogitDifference: prompt.maxAbsLogitDifference,
                    expectation: prompt.expectation.map {
                        ExpectationReport(
                            passed: $0.passed, kind: only?.key, value: only?.value, reason: $0.reason)
                    })
            })
        report.repetition = RepetitionReport(repetition)
        return report
    }
}

extension RepetitionReport {
    init(_ repetition: Repetition) {
        self.init(
            prompts: repetition.prompts, identical: repetition.differing == nil, differing: repetition.differing)
    }
}

/// Puts prompts to one model after another and compares the answers.
protocol ModelRecorder {
    /// Of the prompts as tokens.
    var digest: String { get }
    func reference(_ model: LanguageModel, progress: (Int) -> Void) throws -> ParityReference
    func repetition(_ model: LanguageModel, of reference: ParityReference) throws -> Repetition
    func answers(_ model: LanguageModel, progress: (Int) -> Void) throws -> [Generation]
    /// - Parameter answers: the model's own, where they are known.
    func measure(
        _ model: LanguageModel, against reference: ParityReference, answers: [Generation]?, progress: (Int) -> Void
    ) throws -> ParityMeasurement
}

extension ParityRecorder: ModelRecorder {
    func reference(_ model: LanguageModel, progress: (Int) -> Void) throws -> ParityReference {
        try reference(model as any ScoringModel, progress: progress)
    }

    func repetition(_ model: LanguageModel, of reference: ParityReference) throws -> Repetition {
        try repetition(model as any ScoringModel, of: reference)
    }

    func answers(_ model: LanguageModel, progress: (Int) -> Void) throws -> [Generation] {
        try answers(model as any ScoringModel, progress: progress)
    }

    func measure(
        _ model: LanguageModel, against reference: ParityReference, answers: [Generation]?, progress: (Int) -> Void
    ) throws -> ParityMeasurement {
        try measure(model as any ScoringModel, against: reference, answers: answers, progress: progress)
    }
}

extension ClassificationRecorder: ModelRecorder {
    func reference(_ model: LanguageModel, progress: (Int) -> Void) throws -> ParityReference {
        try reference(model as any ClassifyingModel, progress: progress)
    }

    func repetition(_ model: LanguageModel, of reference: ParityReference) throws -> Repetition {
        try repetition(model as any ClassifyingModel, of: reference)
    }

    func answers(_ model: LanguageModel, progress: (Int) -> Void) throws -> [Generation] {
        try answers(model as any ClassifyingModel, progress: progress)
    }

    func measure(
        _ model: LanguageModel, against reference: ParityReference, answers: [Generation]?, progress: (Int) -> Void
    ) throws -> ParityMeasurement {
        try measure(model as any ClassifyingModel, against: reference, progress: progress)
    }
}

extension ParityPrecision {
    /// Of what a file's type is served in; nil for types in blocks, which no bound of rounding holds for.
    init?(_ dtype: FileDType) {
        switch dtype {
        case .f32: self = .float32
        case .f16: self = .float16
        case .bf16: self = .bfloat16
        default: return nil
        }
    }
}

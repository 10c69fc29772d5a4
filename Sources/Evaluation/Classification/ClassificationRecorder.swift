import Datasets
import ForeignText
import Tokenizers

/// Puts the regression prompts of a classification to one model after another, as `ParityRecorder` does to models that
/// generate: the "texts" are labels, and the logits compared are the head's.
package struct ClassificationRecorder {
    private let texts: [EncodedText]
    private let names: [String]
    private let labels: SequenceLabels
    private let scratchFolder: String
    private let shouldStop: () -> Bool

    /// - Parameters:
    ///   - maximumLength: what texts are cut to, in tokens.
    ///   - scratchFolder: an existing folder.
    ///   - shouldStop: asked before each text; true ends the recording as interrupted.
    /// - Throws: `missing` for no prompts, which could prove nothing; `malformed` for one without tokens.
    package init(
        prompts: [RegressionPrompt], labels: SequenceLabels, tokenizer: any Tokenizer, maximumLength: Int,
        scratchFolder: String, shouldStop: @escaping () -> Bool = { false }
    ) throws {
        guard !prompts.isEmpty else {
            throw EvaluationError(.missing, "There are no regression prompts, so parity cannot be proved.")
        }
        texts = try prompts.map { prompt in
            let text = try tokenizer.encode(
                prompt.prompt, pair: prompt.pair, maximumLength: maximumLength, allowSpecial: true)
            guard !text.ids.isEmpty else {
                throw EvaluationError(
                    .malformed, "The prompt \(ForeignText.quoted(prompt.id, limit: 256)) has no token to classify.")
            }
            return text
        }
        names = prompts.map(\.id)
        self.labels = labels
        self.scratchFolder = scratchFolder
        self.shouldStop = shouldStop
    }

    /// Records the base with its adapter. `progress` hears how many prompts are done.
    package func reference(_ model: any ClassifyingModel, progress: (Int) -> Void = { _ in }) throws -> ParityReference
    {
        let file = try LogitFile(folder: scratchFolder, columns: labels.count)
        var largest: Float = 0
        let generations = try texts.indices.map { index in
            let logits = try classify(model, index)
            largest = logits.reduce(largest) { max($0, abs($1)) }
            try file.append([logits])
            progress(index + 1)
            return answer(logits)
        }
        return ParityReference(generations: generations, logits: file, largestLogit: Double(largest))
    }

    /// Puts the first prompts once more to the model that the reference was just recorded of.
    package func repetition(_ model: any ClassifyingModel, of reference: ParityReference) throws -> Repetition {
        let indices = texts.indices.prefix(Repetition.count)
        let differing = try indices.first { index in
            try !Repetition.areSameBits([classify(model, index)], reference.logits.rows(index))
        }
        return Repetition(prompts: indices.count, differing: differing.map { names[$0] })
    }

    /// The label that a model gives every prompt. `progress` hears how many prompts are done.
    package func answers(_ model: any ClassifyingModel, progress: (Int) -> Void = { _ in }) throws -> [Generation] {
        try texts.indices.map { index in
            defer { progress(index + 1) }
            return answer(try classify(model, index))
        }
    }

    /// SHA-256 of the prompts' tokens.
    package var digest: String {
        var digest = NumberDigest()
        digest.add(texts.count)
        for text in texts { text.add(to: &digest) }
        return digest.hexadecimal()
    }

    /// Compares a model with the reference. `progress` hears how many prompts are done.
    package func measure(
        _ model: any ClassifyingModel, against reference: ParityReference, progress: (Int) -> Void = { _ in }
    ) throws -> ParityMeasurement {
        let differences = try texts.indices.map { index in
            let logits = try classify(model, index)
            progress(index + 1)
            return PromptDifference(
                reference: try reference.logits.rows(index), model: [logits],
                referenceGeneration: reference.generations[index], generation: answer(logits), promptTokens: 1)
        }
        return ParityMeasurement(prompts: differences)
    }

    /// The label as the text, the class as the one decision.
    private func answer(_ logits: [Float]) -> Generation {
        let prediction = Prediction(logits)
        return Generation(ids: [prediction.label], endToken: nil, text: prediction.text(labels))
    }

    private func classify(_ model: any ClassifyingModel, _ index: Int) throws -> [Float] {
        if shouldStop() { throw EvaluationError(.interrupted, "The evaluation was interrupted.") }
        let logits = try model.classify([texts[index]])[0]
        guard logits.allSatisfy(\.isFinite) else {
            throw EvaluationError(
                .notFinite,
                "The model's outputs for the prompt \(ForeignText.quoted(names[index], limit: 256)) are not finite.")
        }
        return logits
    }
}

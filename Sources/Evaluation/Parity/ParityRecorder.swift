import ForeignText
import Tokenizers

/// Puts the regression prompts to one model after another.
///
/// First the reference, the base with its adapter as read back from disk; then, against it, the base alone and the
/// merged weights. Only one model needs to be in memory at a time. Every model answers each prompt greedily in its own
/// words, and gives its logits at every position of the prompt and of the reference's answer (teacher forcing), so
/// that the logits of all three can be compared one by one. Where a model's own logits after the reference's answer
/// choose each of its tokens, clearly, that answer is the model's own, and is not drawn again.
package struct ParityRecorder {
    private let prompts: [RegressionPrompt]
    private let tokens: [[Int]]
    private let generator: TextGenerator
    private let scratchFolder: String
    private let shouldStop: () -> Bool

    /// - Parameter scratchFolder: an existing folder that has room for the reference's logits, 4 bytes for each
    ///   position and vocabulary entry (SmolLM2: 200 kB a position).
    /// - Parameter shouldStop: asked before each token; true ends the recording as interrupted.
    /// - Throws: `missing` for no prompts, which could prove nothing.
    package init(
        prompts: [RegressionPrompt], generator: TextGenerator, scratchFolder: String,
        shouldStop: @escaping () -> Bool = { false }
    ) throws {
        guard !prompts.isEmpty else {
            throw EvaluationError(.missing, "There are no regression prompts, so parity cannot be proved.")
        }
        self.prompts = prompts
        self.generator = generator
        self.scratchFolder = scratchFolder
        self.shouldStop = shouldStop
        tokens = prompts.map { generator.encode($0.prompt, isRendered: $0.isRendered) }
    }

    /// Records the base with its adapter. `progress` hears how many prompts are done.
    package func reference(_ model: any ScoringModel, progress: (Int) -> Void = { _ in }) throws -> ParityReference {
        let file = try LogitFile(folder: scratchFolder, columns: model.vocabularySize)
        var largest: Float = 0
        let generations = try prompts.indices.map { index in
            let generation = try generate(model, index)
            let rows = try logits(model, index, answer: generation.ids)
            largest = rows.reduce(largest) { max($0, $1.reduce(0) { max($0, abs($1)) }) }
            try file.append(rows)
            progress(index + 1)
            return generation
        }
        return ParityReference(generations: generations, logits: file, largestLogit: Double(largest))
    }

    /// Puts the first prompts once more to the model that the reference was just recorded of.
    package func repetition(_ model: any ScoringModel, of reference: ParityReference) throws -> Repetition {
        let indices = prompts.indices.prefix(Repetition.count)
        let differing = try indices.first { index in
            let recorded = reference.generations[index]
            guard try generate(model, index) == recorded else { return true }
            let rows = try logits(model, index, answer: recorded.ids)
            return try !Repetition.areSameBits(rows, reference.logits.rows(index))
        }
        return Repetition(prompts: indices.count, differing: differing.map { prompts[$0].id })
    }

    /// What a model answers every prompt. `progress` hears how many prompts are done.
    package func answers(_ model: any ScoringModel, progress: (Int) -> Void = { _ in }) throws -> [Generation] {
        try prompts.indices.map { index in
            defer { progress(index + 1) }
            return try generate(model, index)
        }
    }

    /// SHA-256 of the prompts' tokens.
    package var digest: String {
        var digest = NumberDigest()
        digest.add(tokens.count)
        for prompt in tokens { digest.add(prompt) }
        return digest.hexadecimal()
    }

    /// Compares a model with the reference. `progress` hears how many prompts are done.
    ///
    /// - Parameter answers: the model's to every prompt, where they are known; else it is asked for them.
    package func measure(
        _ model: any ScoringModel, against reference: ParityReference, answers: [Generation]? = nil,
        progress: (Int) -> Void = { _ in }
    ) throws -> ParityMeasurement {
        let differences = try prompts.indices.map { index in
            let expected = reference.generations[index]
            let rows = try logits(model, index, answer: expected.ids)
            let generation = try answers?[index] ?? answer(of: model, index, expected: expected, rows)
            let difference = PromptDifference(
                reference: try reference.logits.rows(index), model: rows, referenceGeneration: expected,
                generation: generation, promptTokens: tokens[index].count)
            progress(index + 1)
            return difference
        }
        return ParityMeasurement(prompts: differences)
    }

    /// What a model answers, of which `rows` are the logits after the reference's answer.
    ///
    /// A whole sequence's logits and those of its tokens fed one by one differ by rounding alone, which float32's bound
    /// holds for: two tokens that are twice that far apart cannot change places.
    private func answer(
        of model: any ScoringModel, _ index: Int, expected: Generation, _ rows: [[Float]]
    ) throws -> Generation {
        let chosen = rows.dropFirst(tokens[index].count - 1)
        let largest = chosen.reduce(Float(0)) { max($0, $1.reduce(0) { max($0, abs($1)) }) }
        let margin = 2 * ParityTolerance(.float32).absolute(largestLogit: Double(largest))
        return generator.chooses(expected, by: chosen, clearBy: margin) ? expected : try generate(model, index)
    }

    private func generate(_ model: any ScoringModel, _ index: Int) throws -> Generation {
        try generator.generate(model, prompt: tokens[index], name: name(index), shouldStop: shouldStop)
    }

    private func logits(_ model: any ScoringModel, _ index: Int, answer: [Int]) throws -> [[Float]] {
        if shouldStop() { throw EvaluationError(.interrupted, "The prompts were interrupted.") }
        let sequence = tokens[index] + answer
        let rows = try model.logits(sequence, positions: 0..<sequence.count)
        guard rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw EvaluationError(.notFinite, "The model's logits for the \(name(index)) are not finite.")
        }
        return rows
    }

    private func name(_ index: Int) -> String { "prompt \(ForeignText.quoted(prompts[index].id, limit: 256))" }
}

import Foundation
import Tensors

/// What a checkpoint says beside its matrices: where the run stands and what it has seen. Doubles are kept as their
/// bits, so that a resumed run reports the same numbers.
struct CheckpointNote {
    let step: Int
    let result: TrainingResult
    /// Fingerprint of data and settings.
    let run: String
    /// Storage dtype of the frozen weights.
    let dtype: DType

    /// No run has more; sums cannot overflow below it.
    private static let mostTokens = 1 << 60

    init(step: Int, result: TrainingResult, run: String, dtype: DType) {
        self.dtype = dtype
        self.step = step
        self.result = result
        self.run = run
    }

    var metadata: [String: String] {
        var metadata = [
            "step": String(step), "run": run, "dtype": dtype.rawValue, "kernels": KernelSpan.text(result.kernels),
            "tokens": String(result.tokens),
            "supervised_tokens": String(result.supervisedTokens), "seconds": Self.text([result.seconds]),
            "losses": Self.text(result.losses), "learning_rates": Self.text(result.learningRates),
            "gradient_norms": Self.text(result.gradientNorms),
            "validation_steps": result.validation.map { String($0.step) }.joined(separator: " "),
            "validation_losses": Self.text(result.validation.map(\.loss)),
        ]
        if !result.measures.isEmpty { metadata["validation_measures"] = Self.text(result.measures) }
        if let sources = result.sources {
            metadata["source_labels"] = sources.map { String($0.labels) }.joined(separator: " ")
            metadata["source_losses"] = Self.text(sources.map(\.total))
        }
        return metadata
    }

    /// - Parameter dtype: the model's; the fingerprint holds it, so another one's checkpoint is another run's.
    /// - Throws: `TrainingError.malformed` where something is missing or does not add up.
    init(metadata: [String: String], path: String, dtype: DType) throws {
        let steps = (metadata["validation_steps"] ?? "").split(separator: " ").compactMap { Int($0) }
        let losses = Self.doubles(metadata["validation_losses"])
        var result = TrainingResult()
        result.measures = Self.doubles(metadata["validation_measures"])
        result.losses = Self.doubles(metadata["losses"])
        result.learningRates = Self.doubles(metadata["learning_rates"])
        result.gradientNorms = Self.doubles(metadata["gradient_norms"])
        result.seconds = Self.doubles(metadata["seconds"]).first ?? 0
        let kernels = metadata["kernels"].map(KernelSpan.spans) ?? [.unknown]
        guard let kernels, let step = metadata["step"].flatMap({ Int($0) }), let run = metadata["run"],
            let tokens = metadata["tokens"].flatMap({ Int($0) }),
            let supervised = metadata["supervised_tokens"].flatMap({ Int($0) }), step >= 0, result.losses.count == step,
            result.learningRates.count == step, result.gradientNorms.count == step, steps.count == losses.count,
            result.measures.isEmpty || result.measures.count == losses.count,
            (0..<Self.mostTokens).contains(tokens), (0..<Self.mostTokens).contains(supervised),
            result.seconds.isFinite, result.seconds >= 0
        else {
            throw TrainingError(
                .malformed, "The checkpoint \(path) is damaged.", advice: "Remove it to train from the start.")
        }
        result.sources = Self.sources(metadata)
        result.tokens = tokens
        result.supervisedTokens = supervised
        result.kernels = kernels
        result.validation = zip(steps, losses).map { ($0, $1) }
        self.init(step: step, result: result, run: run, dtype: dtype)
    }

    /// Nil in a checkpoint that does not say.
    private static func sources(_ metadata: [String: String]) -> [SourceLoss]? {
        guard let labels = metadata["source_labels"] else { return nil }
        let counts = labels.split(separator: " ").compactMap { Int($0) }.filter { (0..<mostTokens).contains($0) }
        let totals = doubles(metadata["source_losses"])
        guard counts.count == totals.count else { return nil }
        return zip(counts, totals).map { count, total in
            var loss = SourceLoss()
            (loss.labels, loss.total) = (count, total)
            return loss
        }
    }

    private static func text(_ values: [Double]) -> String {
        values.map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
    }

    private static func doubles(_ text: String?) -> [Double] {
        (text ?? "").split(separator: " ").compactMap { UInt64($0, radix: 16).map(Double.init(bitPattern:)) }
    }
}

import Adapters
import Evaluation
import Foundation
import Manifests
import ModelFiles
import Tokenizers
import Training
import Transformers

/// Turns what is wrong with a job's own files and names into a refusal, which comes before any training.
enum Refusal {
    /// Runs `body`; a fault of the files that it reads is thrown as `PipelineError.rejected` with the same words.
    static func ofBadInput<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as any LocalizedError where isBadInput(error) {
            throw PipelineError(
                .rejected, error.errorDescription ?? "\(error)", cause: error.failureReason,
                advice: error.recoverySuggestion)
        }
    }

    /// Refuses targets that the base does not have, where the manifest names them.
    static func ofUnknownTargets(_ document: ManifestDocument, _ targets: [String], _ model: LanguageModel) throws {
        do {
            _ = try TargetSelection.select(targets, among: model.slots)
        } catch let error as AdaptersError {
            let text = error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message
            throw VerifiedBase.rejection(document, "adapter.targets", text, advice: error.advice)
        }
    }

    /// Refuses gates on metrics that are not measured for the task that the rows turned out to be, and merged files that
    /// its models do not have.
    static func ofUnmeasurable(_ document: ManifestDocument, _ task: ModelTask) throws {
        let measured: Set<GateMetric>
        switch task {
        case .language: measured = [.loss, .perplexity, .accuracy, .calibrationError]
        case .classification(.classes): measured = [.loss, .accuracy, .calibrationError, .f1, .matthews]
        case .classification(.regression): measured = [.loss, .pearson, .spearman]
        }
        if let gate = document.manifest.gates.first(where: { !measured.contains($0.metric) }) {
            throw VerifiedBase.rejection(
                document, "gates", "a gate is on \(gate.metric.rawValue), which is not measured on these rows",
                advice: "Measured are: \(measured.map(\.rawValue).sorted().joined(separator: ", ")).")
        }
        guard task == .language || document.manifest.merge.export != .gguf else {
            throw VerifiedBase.rejection(
                document, "merge.export", "merge.export gguf has no place for a classification head",
                advice: "Use safetensors.")
        }
    }

    /// Refuses gates on slices that the evaluation data does not have.
    static func ofUnknownSlices(_ document: ManifestDocument, _ plan: EvaluationPlan?) throws {
        guard let plan else { return }
        let names = plan.sliceNames.union([SliceName.all])
        guard let gate = document.manifest.gates.first(where: { !names.contains($0.slice) }) else { return }
        let closest = Suggestion.closest(to: gate.slice, among: names.sorted())
        throw VerifiedBase.rejection(
            document, "gates", "a gate is on the slice \"\(gate.slice)\", which no row of \(plan.path) belongs to",
            advice: (closest.map { "Did you mean \"\($0)\"? " } ?? "")
                + "There are: \(names.sorted().joined(separator: ", ")).")
    }

    private static func isBadInput(_ error: any Error) -> Bool {
        switch error {
        case let error as ModelFilesError: error.code != .unwritable
        case let error as TrainingError: [.missing, .malformed, .noSupervisedTokens].contains(error.code)
        case let error as EvaluationError: [.missing, .malformed, .mismatch].contains(error.code)
        case is TokenizersError, is TransformersError: true
        default: false
        }
    }
}

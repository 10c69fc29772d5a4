import Common
import Foundation
import Publication
import Reports

/// Two published runs side by side: what their manifests and data differ in, what came of it on each slice, and which
/// regression prompts they answer otherwise.
package struct RunDifference: Encodable, Sendable {
    /// One slice's figure that tells most.
    package struct SliceFigure: Encodable, Sendable, Equatable {
        package let slice: String
        package let metric: String
        /// Absent where that run has no such slice, or did not measure it.
        package let before: Double?
        package let after: Double?
    }

    /// A prompt that the adapters answer otherwise.
    package struct TextChange: Encodable, Sendable, Equatable {
        package let id: String
        package let before: String
        package let after: String
    }

    package let settings: [SettingChange]
    package let slices: [SliceFigure]
    /// What tells the two apart on all rows, where both kept their scores.
    package let metrics: [MetricChange]
    package let flips: FlippedRows?
    package let texts: [TextChange]
    /// Prompts that both answered.
    package let prompts: Int

    /// - Parameters:
    ///   - before: a run's folder.
    ///   - after: another one's.
    /// - Throws: `PipelineError.missing` where a report cannot be read, or a manifest.
    package init(_ before: String, _ after: String) throws {
        let (first, second) = (try Self.read(before), try Self.read(after))
        guard let manifest = second.manifest else {
            throw PipelineError(.missing, "\(after)/manifest.yaml cannot be read.")
        }
        let changes = RunChanges(
            previous: first, report: second.report, scores: second.scores, manifest: manifest
        ).changes { _ in [:] }
        settings = changes.settings
        metrics = changes.metrics
        flips = changes.flips
        slices = Self.slices(first.report, second.report)
        let answers = Self.answers(first.report, second.report)
        prompts = answers.count
        texts = answers.filter { $0.before != $0.after }
    }

    private static func read(_ folder: String) throws -> PreviousRun {
        guard let run = PreviousRun(folder) else {
            try ImportRecord.requireNone(in: folder, advice: "`lorad score` compares what they say on rows of yours.")
            throw PipelineError(
                .missing, "\(folder) holds no report.json that can be read.",
                advice: "Name versions, such as tickets@1, or folders of published runs.")
        }
        return run
    }

    /// Slices of both, in the order of the second's; those that it has no more at the end.
    private static func slices(_ first: RunReport, _ second: RunReport) -> [SliceFigure] {
        var names = second.slices.map(\.name)
        names += first.slices.map(\.name).filter { !names.contains($0) }
        return names.map { name in
            let (before, after) = (first.score(name), second.score(name))
            let metric = ["accuracy", "pearson"].first { (after ?? before)?.value($0) != nil } ?? "loss"
            return SliceFigure(slice: name, metric: metric, before: before?.value(metric), after: after?.value(metric))
        }
    }

    /// What both answered to the same prompts.
    private static func answers(_ first: RunReport, _ second: RunReport) -> [TextChange] {
        let before = Dictionary(first.answers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return second.answers.compactMap { prompt in
            guard let earlier = before[prompt.id], earlier.text == prompt.text, earlier.textPair == prompt.textPair
            else { return nil }
            return TextChange(id: prompt.id, before: earlier.adapterText, after: prompt.adapterText)
        }
    }
}

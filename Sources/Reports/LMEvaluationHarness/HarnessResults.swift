import Common
import Foundation

/// A run's slices as a results file of lm-evaluation-harness 0.4 (https://github.com/EleutherAI/lm-evaluation-harness), for
/// tools that read those: one task a slice.
///
/// Standard errors are the harness's: of a mean over rows the sample's standard deviation over √n (`mean_stderr`), which of
/// shares is √(p·(1 − p)/(n − 1)); `N/A` of one row, and of metrics that the harness draws samples for.
package struct HarnessResults: Encodable, Equatable {
    /// A number, a word or `N/A`.
    enum Value: Encodable, Equatable {
        case number(Double)
        case count(Int)
        case text(String)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .count(let count): try container.encode(count)
            case .text(let text): try container.encode(text)
            }
        }
    }

    let results: [String: [String: Value]]
    let groupSubtasks: [String: [String]] = [:]
    let configurations: [String: [String: Value]]
    let versions: [String: Value]
    let shots: [String: Int]
    let higherIsBetter: [String: [String: Bool]]
    let samples: [String: [String: Int]]
    let configuration: [String: Value]
    /// Seconds since 1970.
    let date: Double
    let modelName: String

    private enum CodingKeys: String, CodingKey {
        case results, configurations = "configs", versions, date
        case groupSubtasks = "group_subtasks"
        case shots = "n-shot"
        case higherIsBetter = "higher_is_better"
        case samples = "n-samples"
        case configuration = "config"
        case modelName = "model_name"
    }

    /// Of one of the models that a run scored; nil where it scored no slice.
    ///
    /// - Parameter model: `adapter`, `base`, `parent`, `champion` or `previous`.
    package init?(_ report: RunReport, of model: String = "adapter") {
        let scored = report.slices.compactMap { slice in
            slice.score(of: model).map { (slice, HarnessTask(slice, $0, report)) }
        }
        guard !scored.isEmpty else { return nil }
        func keyed<Kept>(_ value: (SliceReport, HarnessTask) -> Kept) -> [String: Kept] {
            Dictionary(scored.map { ($1.name, value($0, $1)) }, uniquingKeysWith: { first, _ in first })
        }
        results = keyed { _, task in task.results }
        configurations = keyed { _, task in task.configuration }
        versions = keyed { _, _ in .count(1) }
        shots = keyed { _, _ in 0 }
        higherIsBetter = keyed { _, task in task.higherIsBetter }
        samples = keyed { slice, _ in ["original": slice.rows + (slice.dropped ?? 0), "effective": slice.rows] }
        let provenance = report.provenance
        modelName = model == "base" ? provenance.base.path : "\(provenance.name)/\(provenance.run)"
        configuration = [
            "model": .text("lorad"), "model_args": .text("pretrained=\(provenance.base.path)"),
            "model_sha": .text(provenance.base.sha256), "lorad_model": .text(model), "bootstrap_iters": .count(0),
        ]
        date = provenance.finishedAt.timeIntervalSince1970
    }

    /// The file's bytes.
    package func encoded() throws -> Data {
        let encoder = JSONCoding.encoder(.document)
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try encoder.encode(self) + Data("\n".utf8)
    }
}

/// One slice as a task of the harness.
private struct HarnessTask {
    let name: String
    private(set) var results: [String: HarnessResults.Value]
    private(set) var higherIsBetter: [String: Bool] = [:]
    let configuration: [String: HarnessResults.Value]

    init(_ slice: SliceReport, _ score: SliceScore, _ report: RunReport) {
        let provenance = report.provenance
        name = slice.name == "all" ? provenance.name : "\(provenance.name)_\(slice.name)"
        results = ["name": .text(name), "alias": .text(slice.name), "sample_len": .count(slice.rows)]
        let isChosen = score.calibrationError != nil
        let data = provenance.datasets.first { $0.role == .evaluation }
        configuration = [
            "task": .text(name), "task_alias": .text(slice.name), "dataset_path": .text(data?.path ?? ""),
            "output_type": .text(
                isChosen ? "multiple_choice" : score.accuracy == nil ? "loglikelihood" : "generate_until"),
            "num_fewshot": .count(0),
        ]
        // The likeliest of choices or classes, or the whole greedy text.
        if let share = score.accuracy {
            add(isChosen ? "acc" : "exact_match", share, Self.error(share, slice.rows), true)
        }
        if let f1 = score.f1 { add("f1", f1, nil, true) }
        if let matthews = score.matthews { add("mcc", matthews, nil, true) }
        if let perplexity = score.perplexity { add("token_perplexity", perplexity, nil, false) }
        if let pearson = score.pearson { add("pearson", pearson, nil, true) }
        if let spearman = score.spearman { add("spearman", spearman, nil, true) }
    }

    private mutating func add(_ metric: String, _ value: Double, _ error: Double?, _ isBetterHigher: Bool) {
        results["\(metric),none"] = .number(value)
        results["\(metric)_stderr,none"] = error.map(HarnessResults.Value.number) ?? .text("N/A")
        higherIsBetter[metric] = isBetterHigher
    }

    /// Of a share of so many rows.
    private static func error(_ share: Double, _ rows: Int) -> Double? {
        rows > 1 ? (share * (1 - share) / Double(rows - 1)).squareRoot() : nil
    }
}

extension SliceReport {
    /// How a model did, by its name in a report; nil where it was not scored.
    fileprivate func score(of model: String) -> SliceScore? {
        switch model {
        case "adapter": adapter
        case "base": base
        case "parent": parent
        case "champion": champion
        case "previous": previous
        default: nil
        }
    }
}

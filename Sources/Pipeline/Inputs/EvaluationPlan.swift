import Datasets
import Evaluation
import ForeignText
import Reports
import Tokenizers

/// The rows that base and adapter are scored on, ready for models.
enum EvaluationPlan {
    case text(SlicePlan)
    case labelled(ClassificationPlan)

    var path: String {
        switch self {
        case .text(let plan): plan.path
        case .labelled(let plan): plan.path
        }
    }

    /// What the rows on these lines say as the model saw it, prompt and answer, each cut to a length.
    func texts(_ lines: [Int], _ tokenizer: any Tokenizer) -> [Int: String] {
        let wanted = Set(lines)
        let found: [(Int, [Int])] =
            switch self {
            case .text(let plan): plan.rows.filter { wanted.contains($0.line) }.map { ($0.line, $0.plan.ownTokens) }
            case .labelled(let plan): plan.rows.filter { wanted.contains($0.line) }.map { ($0.line, $0.text.ids) }
            }
        return Dictionary(
            found.map { ($0, ForeignText.shortened(tokenizer.decode($1, skipSpecial: true), to: Self.longestText)) },
            uniquingKeysWith: { first, _ in first })
    }

    private static let longestText = 400

    /// How many rows are scored, and how many are not.
    var counts: EvaluationCounts {
        switch self {
        case .labelled(let plan): return EvaluationCounts(rows: plan.rows.count, dropped: 0)
        case .text(let plan):
            let scored = Set(plan.rows.map(\.slice))
            var unscored: [String: Int] = [:]
            for row in plan.overlong where !scored.contains(row.slice) {
                if let slice = row.slice { unscored[slice, default: 0] += 1 }
            }
            return EvaluationCounts(
                rows: plan.rows.count, dropped: plan.overlong.count, unscored: unscored.isEmpty ? nil : unscored)
        }
    }
}

extension SliceReport {
    /// How many a run has at most: one for each value of the field, and one for all rows.
    package static let most = NameLimits.slices + 1
}

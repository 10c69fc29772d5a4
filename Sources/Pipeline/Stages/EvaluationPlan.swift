import Evaluation

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

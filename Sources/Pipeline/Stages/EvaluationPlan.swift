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

    /// Names of the slices of the rows' own, without the slice of all.
    var sliceNames: Set<String> {
        switch self {
        case .text(let plan): Set((plan.rows.map(\.slice) + plan.overlong.map(\.slice)).compactMap(\.self))
        case .labelled(let plan): Set(plan.sliceNames)
        }
    }
}

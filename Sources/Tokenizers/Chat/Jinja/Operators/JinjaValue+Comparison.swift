/// Comparisons between values.
extension JinjaValue {
    func compared(_ comparator: PythonComparator, with right: JinjaValue, _ budget: JinjaBudget) throws -> Bool {
        // What is looked for in something else is charged there.
        if comparator != .isIn, comparator != .isNotIn { try budget.charge(min(cost, right.cost)) }
        switch comparator {
        case .equal: return try equals(right)
        case .unequal: return try !equals(right)
        case .isIn: return try right.contains(self, budget)
        case .isNotIn: return try !right.contains(self, budget)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let order = try order(right, for: comparator.rawValue)
            switch comparator {
            case .less: return order == .less
            case .lessOrEqual: return order == .less || order == .equal
            case .greater: return order == .greater
            default: return order == .greater || order == .equal
            }
        }
    }
}

import Datasets

/// Rows by a field's text, those without it left out; of more than there may be slices the first are counted.
struct SliceTally {
    private(set) var counts: [String: Int] = [:]
    private let field: String?

    /// - Parameter field: nil where nobody asks.
    init(_ field: String?) { self.field = field }

    mutating func add(_ line: JSONLine) {
        guard let field, let name = (try? line.value(field))?.stringValue, name.utf8.count <= NameLimits.slice,
            counts[name] != nil || counts.count < NameLimits.slices
        else { return }
        counts[name, default: 0] += 1
    }
}

/// The completions that rows have, as long as they are few: many are no labels.
struct CompletionTally {
    static let most = 20

    /// Empty where they are many.
    var texts: [String] { isOver ? [] : known }
    private var known: [String] = []
    private var isOver = false

    /// The number of a row's completion among `texts`, from 1; 0 where it has none, or they are many.
    mutating func number(of row: TrainingRow) -> Int {
        guard !isOver, case .completion(_, let completion) = row else { return 0 }
        if let index = known.firstIndex(of: completion) { return index + 1 }
        guard known.count < Self.most else {
            isOver = true
            return 0
        }
        known.append(completion)
        return known.count
    }
}

/// Finds the name that somebody meant.
package enum Suggestion {
    /// Bytes of the longest name that something is suggested for: nothing longer is a misspelt name, and the distance
    /// costs the product of the lengths.
    private static let longestName = 200

    /// The candidate nearest to `name`, unless even that one differs in more than a third of its letters. Case is
    /// ignored, and a hyphen is an underscore. Of candidates that are equally near, the first in the alphabet.
    package static func closest(to name: String, among candidates: [String]) -> String? {
        guard !name.isEmpty, name.utf8.count <= longestName else { return nil }
        let wanted = normalized(name)
        let scored = candidates.map { (distance: distance(wanted, normalized($0)), name: $0) }
        guard let best = scored.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else { return nil }
        let allowed = max(1, max(wanted.count, best.name.count) / 3)
        return best.distance <= allowed ? best.name : nil
    }

    private static func normalized(_ name: String) -> String { name.lowercased().replacing("-", with: "_") }

    /// Damerau-Levenshtein distance in its optimal-string-alignment form: the fewest insertions, deletions,
    /// substitutions and swaps of neighbours that turn one text into the other, no part edited twice.
    /// (Boytsov 2011, "Indexing methods for approximate dictionary searching", section 2.)
    package static func distance(_ first: String, _ second: String) -> Int {
        let left = Array(first.unicodeScalars)
        let right = Array(second.unicodeScalars)
        var beforePrevious = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1] + [Int](repeating: 0, count: right.count)
            for column in right.indices {
                let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
                current[column + 1] = min(substitution, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    current[column + 1] = min(current[column + 1], beforePrevious[column - 1] + 1)
                }
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}

/// Helps a message name what the writer probably meant.
enum ClosestName {
    /// The candidate with the fewest edits from `name`, if that is at most a third of its length (but one is always
    /// allowed); the first on a tie.
    static func of(_ name: String, among candidates: [String]) -> String? {
        let limit = max(1, name.count / 3)
        let ranked = candidates.map { (name: $0, edits: edits(from: Array(name.lowercased()), to: Array($0.lowercased()))) }
        guard let best = ranked.min(by: { $0.edits < $1.edits }), best.edits <= limit else { return nil }
        return best.name
    }

    /// The Levenshtein distance: insertions, deletions and substitutions of one character each.
    private static func edits(from a: [Character], to b: [Character]) -> Int {
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let substitution = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}

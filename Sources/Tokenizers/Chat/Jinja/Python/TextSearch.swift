/// Looks for one text in others, in time of their lengths together whatever they repeat (Knuth, Morris and Pratt).
struct TextSearch {
    private let part: [Unicode.Scalar]
    /// For each place, how much of the part's beginning ends there.
    private let borders: [Int]

    init(_ part: [Unicode.Scalar]) {
        var borders = Array(repeating: 0, count: part.count)
        var length = 0
        for index in part.indices.dropFirst() {
            while length > 0, part[index] != part[length] { length = borders[length - 1] }
            if part[index] == part[length] { length += 1 }
            borders[index] = length
        }
        self.part = part
        self.borders = borders
    }

    /// Where the part begins for the first time in `range`.
    func first(in text: [Unicode.Scalar], _ range: Range<Int>) -> Int? {
        guard !part.isEmpty else { return range.lowerBound }
        guard part.count <= range.count else { return nil }
        var length = 0
        for index in range {
            while length > 0, text[index] != part[length] { length = borders[length - 1] }
            if text[index] == part[length] { length += 1 }
            if length == part.count { return index + 1 - length }
        }
        return nil
    }

    /// Every place of the part without overlap, at most `limit` of them where that is not negative; none of one that is
    /// empty.
    func places(in text: [Unicode.Scalar], _ range: Range<Int>, limit: Int = -1) -> [Int] {
        guard !part.isEmpty else { return [] }
        var places: [Int] = []
        var start = range.lowerBound
        while limit < 0 || places.count < limit, let found = first(in: text, start..<range.upperBound) {
            places.append(found)
            start = found + part.count
        }
        return places
    }
}

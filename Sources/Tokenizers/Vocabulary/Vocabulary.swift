import ModelFiles

/// Pieces by id, and ids by piece, added tokens included.
struct Vocabulary: Sendable {
    /// Empty where an id has no piece.
    let pieces: [String]
    private let ids: [ExactString: Int]

    /// More ids than this without a piece are taken for a damaged file.
    private static let largestGap = 65_536

    /// - Throws: `TokenizersError.malformed` where ids are negative, far beyond the vocabulary or given twice.
    init(_ entries: [(piece: String, id: Int)], added: [AddedToken], source: String) throws {
        func malformed(_ problem: String) -> TokenizersError { .malformed(source, problem) }
        guard !entries.isEmpty else { throw malformed("has an empty vocabulary") }
        let all = entries + added.map { ($0.content, $0.id) }
        let limit = all.count + Self.largestGap
        guard let largest = all.map(\.id).max(), all.allSatisfy({ $0.id >= 0 }), largest < limit else {
            throw malformed("has token ids outside 0 to \(limit - 1)")
        }
        var pieces = [String?](repeating: nil, count: largest + 1)
        var ids = [ExactString: Int](minimumCapacity: all.count)
        for (piece, id) in all {
            let exact = ExactString(piece)
            if let taken = pieces[id], ExactString(taken) != exact {
                throw malformed("gives the id \(id) to two tokens")
            }
            pieces[id] = piece
            ids[exact] = id
        }
        self.pieces = pieces.map { $0 ?? "" }
        self.ids = ids
    }

    var count: Int { pieces.count }

    func id(of piece: String) -> Int? { ids[ExactString(piece)] }
}

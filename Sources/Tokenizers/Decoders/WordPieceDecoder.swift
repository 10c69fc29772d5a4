/// Words of WordPiece pieces, with the same marks drawn together as in the library.
enum WordPieceDecoder {
    private static let contractions: [(String, String)] = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]
    private static let patterns = contractions.map { (TextPattern.literal(Array($0.utf8)), Array($1.utf8)) }

    static func decode(_ pieces: [[UInt8]], prefix: [UInt8], cleansUp: Bool) -> [[UInt8]] {
        pieces.enumerated().map { index, piece in
            var word = piece
            if index > 0 { word = piece.starts(with: prefix) ? Array(piece.dropFirst(prefix.count)) : [0x20] + piece }
            guard cleansUp else { return word }
            return patterns.reduce(word) { $1.0.replace(in: $0, with: $1.1) }
        }
    }
}

import Tokenizers

/// One token a character of a small alphabet; the last of them ends a text. Makes expected ids readable.
struct CharacterTokenizer: Tokenizer {
    /// `.` is the end of text.
    static let alphabet = Array("abcdefgh.")
    static let end = 8

    var vocabularySize: Int { Self.alphabet.count }
    var bosTokenID: Int? { nil }
    var eosTokenID: Int? { Self.end }

    func encode(_ text: String, allowSpecial: Bool) -> [Int] {
        text.compactMap { Self.alphabet.firstIndex(of: $0) }
    }

    func encode(_ text: String, places: [Int]) -> PlacedTokens {
        let found = places.map {
            encode(String(decoding: text.utf8.prefix($0), as: UTF8.self), allowSpecial: true).count
        }
        return PlacedTokens(ids: encode(text, allowSpecial: true), places: found.map { $0..<$0 })
    }

    func decode(_ ids: [Int], skipSpecial: Bool) -> String {
        String(ids.filter { !skipSpecial || $0 != Self.end }.map { Self.alphabet[$0] })
    }

    func piece(_ id: Int) -> String { decode([id], skipSpecial: false) }
    func id(of piece: String) -> Int? { encode(piece, allowSpecial: true).first }
}

import Foundation

/// Byte-level BPE as GPT-2, SmolLM and Llama 3 use it: added tokens are cut out, the rest is normalised, pre-tokenized
/// and merged; every byte sequence has an encoding, and decoding gives it back.
struct ByteLevelTokenizer: Tokenizer {
    let bosTokenID: Int?
    let eosTokenID: Int?
    private let pieces: [String]
    private let bytes: [[UInt8]]
    private let ids: [String: Int]
    private let special: Set<Int>
    private let matcher: AddedTokenMatcher
    private let preTokenizer: PreTokenizer
    private let composes: Bool
    private let addsPrefixSpace: Bool
    private let encoder: BytePairEncoder

    init(_ definition: TokenizerDefinition) throws {
        let vocabulary = try definition.checkedVocabulary()
        pieces = vocabulary.pieces
        ids = vocabulary.ids
        let added = Dictionary(definition.addedTokens.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        bytes = pieces.enumerated().map { id, piece in
            added[id] == nil ? ByteAlphabet.bytes(of: piece) ?? Array(piece.utf8) : Array(piece.utf8)
        }
        special = Set(definition.addedTokens.filter(\.special).map(\.id))
        matcher = AddedTokenMatcher(definition.addedTokens)
        preTokenizer = definition.preTokenizer
        composes = definition.composes
        addsPrefixSpace = definition.addsPrefixSpace
        bosTokenID = definition.bosTokenID
        eosTokenID = definition.eosTokenID
        encoder = try definition.encoder(vocabulary)
    }

    var vocabularySize: Int { pieces.count }

    func encode(_ text: String, allowSpecial: Bool) -> [Int] {
        let scalars = Array(text.unicodeScalars)
        var result: [Int] = []
        var known: [[UInt8]: [Int]] = [:]
        for part in matcher.split(scalars, allowSpecial: allowSpecial) {
            switch part {
            case .token(let id): result.append(id)
            case .text(let range): encode(prepared(scalars, range), into: &result, known: &known)
            }
        }
        return result
    }

    private func encode(_ text: [Unicode.Scalar], into result: inout [Int], known: inout [[UInt8]: [Int]]) {
        for range in preTokenizer.split(text, 0..<text.count) {
            var word: [UInt8] = []
            for scalar in text[range] {
                word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
            if let ids = known[word] {
                result += ids
            } else {
                let ids = encoder.encode(word)
                known[word] = ids
                result += ids
            }
        }
    }

    private func prepared(_ scalars: [Unicode.Scalar], _ range: Range<Int>) -> [Unicode.Scalar] {
        var text = Array(scalars[range])
        if composes {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: text)
            text = Array(String(view).precomposedStringWithCanonicalMapping.unicodeScalars)
        }
        if addsPrefixSpace, let first = text.first, first != " " { text.insert(" ", at: 0) }
        return text
    }

    func decode(_ ids: [Int], skipSpecial: Bool) -> String {
        var result: [UInt8] = []
        for id in ids where bytes.indices.contains(id) && !(skipSpecial && special.contains(id)) {
            result += bytes[id]
        }
        return String(decoding: result, as: UTF8.self)
    }

    func piece(_ id: Int) -> String { pieces.indices.contains(id) ? pieces[id] : "" }

    func id(of piece: String) -> Int? { ids[piece] }
}

/// A tokenizer put together of the library's parts: added tokens are cut out, what lies between them is normalised,
/// cut into words, and each word into tokens.
struct TextTokenizer: Tokenizer {
    let bosTokenID: Int?
    let eosTokenID: Int?
    let specialTokens: [NamedToken]
    private let vocabulary: Vocabulary
    private let special: Set<Int>
    /// Added tokens that are looked for in the text as it is, and in normalised text.
    private let verbatim: AddedTokenMatcher
    private let normalized: AddedTokenMatcher
    private let normalizer: Normalizer
    private let preTokenizer: PreTokenizer
    /// The same for text that goes on where another ends.
    private let continuing: (normalizer: Normalizer, preTokenizer: PreTokenizer)
    private let model: any TokenModel
    private let postProcessor: PostProcessor
    private let decoder: Decoder
    /// Words of texts with and without special tokens.
    private let words = (special: WordCache(), plain: WordCache())

    init(_ definition: TokenizerDefinition) throws {
        let vocabulary = try Vocabulary(
            definition.vocabulary, added: definition.addedTokens, source: definition.source)
        self.vocabulary = vocabulary
        special = Set(definition.addedTokens.filter(\.special).map(\.id))
        let normalizer = definition.normalizer
        verbatim = AddedTokenMatcher(
            definition.addedTokens.filter { !$0.normalized }.map { ($0, Array($0.content.utf8)) })
        normalized = AddedTokenMatcher(
            definition.addedTokens.filter(\.normalized).map { ($0, normalizer.apply(Array($0.content.utf8))) })
        self.normalizer = normalizer
        preTokenizer = definition.preTokenizer
        continuing = (normalizer.withoutPrefix, definition.preTokenizer.withoutPrefix)
        model = try definition.makeModel(vocabulary, special: special)
        postProcessor = definition.postProcessor
        if let id = definition.postProcessor.tokens.first(where: { !vocabulary.pieces.indices.contains($0) }) {
            throw definition.malformed("puts the token \(id) around texts, but has \(vocabulary.count) tokens")
        }
        decoder = definition.decoder
        bosTokenID = definition.bosTokenID
        eosTokenID = definition.eosTokenID
        specialTokens = definition.specialTokens
    }

    var vocabularySize: Int { vocabulary.count }

    func encode(_ text: String, allowSpecial: Bool) -> [Int] {
        encode(text, continues: false, allowSpecial: allowSpecial)
    }

    func encodeBeginning(_ text: String) -> [Int] {
        postProcessor.tokensBeforeText + encode(text, continues: false, allowSpecial: true)
    }

    func encodeContinuation(_ text: String) -> [Int] { encode(text, continues: true, allowSpecial: true) }

    func encode(_ text: String, places: [Int]) throws -> PlacedTokens {
        var track = PlaceTrack(places)
        let ids = encode(text, continues: false, allowSpecial: true, &track)
        return PlacedTokens(ids: ids, places: try track.result())
    }

    private func encode(_ text: String, continues: Bool, allowSpecial: Bool) -> [Int] {
        var track = PlaceTrack([])
        return encode(text, continues: continues, allowSpecial: allowSpecial, &track)
    }

    private func encode(_ text: String, continues: Bool, allowSpecial: Bool, _ track: inout PlaceTrack) -> [Int] {
        let bytes = Array(text.utf8)
        var ids: [Int] = []
        ids.reserveCapacity(bytes.count / 3)
        (allowSpecial ? words.special : words.plain).withTable { table in
            for part in verbatim.split(bytes, allowSpecial: allowSpecial) {
                switch part {
                case .token(let id, let range):
                    ids.append(id)
                    track.passToken(range, end: ids.count)
                case .text(let range):
                    let text = range.count == bytes.count ? bytes : Array(bytes[range])
                    let continues = continues && range.lowerBound == 0
                    let normal = (continues ? continuing.normalizer : normalizer).apply(text)
                    var inner = PlaceTrack(track.enter(range, count: ids.count))
                    inner.move(from: text, to: normal, first: normalizer, then: continuing.normalizer)
                    append(
                        normal, beginsText: range.lowerBound == 0, continues: continues, allowSpecial, &table, &inner,
                        to: &ids)
                    track.leave(inner, count: ids.count)
                }
            }
        }
        track.finish(count: ids.count)
        return ids
    }

    func encode(_ text: String, pair: String?, maximumLength: Int?, allowSpecial: Bool) throws -> EncodedText {
        try postProcessor.encode(
            encode(text, allowSpecial: allowSpecial), pair: pair.map { encode($0, allowSpecial: allowSpecial) },
            maximumLength: maximumLength)
    }

    /// The tokens of normalised text.
    private func append(
        _ text: [UInt8], beginsText: Bool, continues: Bool, _ allowSpecial: Bool, _ table: inout WordTable,
        _ track: inout PlaceTrack, to ids: inout [Int]
    ) {
        if normalized.isEmpty {
            return append(
                text, 0..<text.count, beginsText: beginsText, continues: continues, allowSpecial, &table, &track,
                to: &ids)
        }
        for part in normalized.split(text, allowSpecial: allowSpecial) {
            switch part {
            case .token(let id, let range):
                ids.append(id)
                track.passToken(range, end: ids.count)
            case .text(let range):
                let isFirst = range.lowerBound == 0
                append(
                    text, range, beginsText: beginsText && isFirst, continues: continues && isFirst, allowSpecial,
                    &table, &track, to: &ids)
            }
        }
    }

    private func append(
        _ text: [UInt8], _ range: Range<Int>, beginsText: Bool, continues: Bool, _ allowSpecial: Bool,
        _ table: inout WordTable, _ track: inout PlaceTrack, to ids: inout [Int]
    ) {
        let marks = track.isEmpty ? [] : track.enter(range, count: ids.count).map { $0 + range.lowerBound }
        var words = Pretokens(text, range, beginsText: beginsText, marks: marks)
        (continues ? continuing.preTokenizer : preTokenizer).apply(to: &words)
        if let sign = model.wordSign { words.split(before: sign) }
        var inner = PlaceTrack(words.marks)
        for range in words.ranges {
            let start = ids.count
            table.append(words.bytes, range, to: &ids) { ids in
                model.encode(words.bytes, range, allowSpecial: allowSpecial, into: &ids)
            }
            if !inner.isEmpty { inner.passWord(range, ids[start...], length: length) }
        }
        track.leave(inner, count: ids.count)
    }

    /// How many bytes of a word a token of the model holds; nil where its piece does not say.
    private func length(_ id: Int) -> Int? {
        guard !special.contains(id) else { return nil }
        let piece = vocabulary.pieces[id]
        if preTokenizer.isByteLevel { return piece.unicodeScalars.count }
        return ByteTokens.byte(of: Array(piece.utf8)) == nil ? piece.utf8.count : 1
    }

    func decode(_ ids: [Int], skipSpecial: Bool) -> String {
        decoder.text(
            of: ids.lazy.filter { !(skipSpecial && special.contains($0)) }.map(piece).filter { !$0.isEmpty })
    }

    func piece(_ id: Int) -> String { vocabulary.pieces.indices.contains(id) ? vocabulary.pieces[id] : "" }

    func id(of piece: String) -> Int? { vocabulary.id(of: piece) }
}

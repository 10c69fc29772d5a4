/// The special tokens around a text and a pair of texts, the `post_processor` of tokenizer.json.
struct PostProcessor: Sendable, Equatable {
    enum Part: Sendable, Equatable {
        case token(id: Int, type: Int)
        /// All tokens of the first or only text.
        case first(type: Int)
        /// All tokens of the second text.
        case second(type: Int)
    }

    let single: [Part]
    let pair: [Part]

    /// No special tokens.
    static let plain = PostProcessor(single: [.first(type: 0)], pair: [.first(type: 0), .second(type: 1)])

    /// `[CLS] A [SEP]`, `[CLS] A [SEP] B [SEP]`.
    static func bert(start: Int, separator: Int) -> PostProcessor {
        let single: [Part] = [.token(id: start, type: 0), .first(type: 0), .token(id: separator, type: 0)]
        return PostProcessor(single: single, pair: single + [.second(type: 1), .token(id: separator, type: 1)])
    }

    /// `<s> A </s>`, `<s> A </s> </s> B </s>`, all of type 0.
    static func roberta(start: Int, separator: Int) -> PostProcessor {
        let end = Part.token(id: separator, type: 0)
        let single = [.token(id: start, type: 0), .first(type: 0), end]
        return PostProcessor(single: single, pair: single + [end, .second(type: 0), end])
    }

    /// The special tokens that are put around texts.
    var tokens: [Int] {
        (single + pair).compactMap { if case .token(let id, _) = $0 { id } else { nil } }
    }

    /// Those before a single text.
    var tokensBeforeText: [Int] {
        single.prefix { if case .token = $0 { true } else { false } }.compactMap {
            if case .token(let id, _) = $0 { id } else { nil }
        }
    }

    /// The texts' tokens, cut to fit, with the special tokens around them.
    ///
    /// - Throws: `TokenizersError.unsupported` where the special tokens alone are more than `maximumLength`.
    func encode(_ first: [Int], pair second: [Int]?, maximumLength: Int?) throws -> EncodedText {
        let parts = second == nil ? single : pair
        var (first, second) = (first[...], second?[...])
        if let maximumLength {
            let room = maximumLength - parts.count { if case .token = $0 { true } else { false } }
            guard room >= 0 else {
                throw TokenizersError(
                    .unsupported, "A maximum length of \(maximumLength) leaves no room beside the special tokens.",
                    advice: "Raise the maximum length to at least \(maximumLength - room).")
            }
            let kept = Truncation.longestFirst(first.count, second?.count, to: room)
            first = first.prefix(kept.first)
            second = second?.prefix(kept.second)
        }
        var ids: [Int] = []
        var types: [Int] = []
        func append(_ tokens: ArraySlice<Int>, _ type: Int) {
            ids += tokens
            types += repeatElement(type, count: tokens.count)
        }
        for part in parts {
            switch part {
            case .token(let id, let type): append([id], type)
            case .first(let type): append(first, type)
            case .second(let type): append(second ?? [], type)
            }
        }
        return EncodedText(ids: ids, typeIDs: types)
    }
}

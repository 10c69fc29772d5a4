import Tokenizers

/// What holds for any tokenizer that loads.
enum TokenizerChecks {
    static let texts = [
        "", " ", "Hello, wörld! 12345\n\n\ttabs", "é e\u{301} 日本 🦙👩‍👩‍👧 \u{0}", "<|im_start|>user<s> aaaaaaaaaaaaaaaa",
    ]

    static func run(_ tokenizer: any Tokenizer) throws {
        let size = tokenizer.vocabularySize
        for id in [tokenizer.bosTokenID, tokenizer.eosTokenID].compactMap({ $0 }) {
            try require(id >= 0, "a special token has the id \(id)")
        }
        for text in texts {
            for allowSpecial in [false, true] {
                let ids = tokenizer.encode(text, allowSpecial: allowSpecial)
                try require(ids.allSatisfy { $0 >= 0 && $0 < size }, "an id outside the \(size) of the vocabulary")
                try require(ids == tokenizer.encode(text, allowSpecial: allowSpecial), "encoding is not repeatable")
                _ = tokenizer.decode(ids, skipSpecial: true)
                _ = tokenizer.decode(ids, skipSpecial: false)
            }
        }
        for length in [nil, 0, 1, 5] {
            let pair = try accepted {
                try tokenizer.encode(texts[2], pair: texts[3], maximumLength: length, allowSpecial: false)
            }
            guard let pair else { continue }
            try require(pair.ids.count == pair.typeIDs.count, "tokens and their types differ in number")
            try require(
                length.map { pair.ids.count <= $0 } ?? true, "\(pair.ids.count) tokens of at most \(length ?? 0)")
            try require(pair.ids.allSatisfy { $0 >= 0 && $0 < size }, "an id outside the \(size) of the vocabulary")
        }
        for id in [-1, 0, size - 1, size, .max, .min] {
            _ = tokenizer.piece(id)
            _ = tokenizer.decode([id], skipSpecial: false)
        }
    }
}

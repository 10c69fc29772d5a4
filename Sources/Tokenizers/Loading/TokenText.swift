import ModelFiles

/// A token that a file beside tokenizer.json names: what it is, but not which.
struct TokenText {
    let content: String
    var singleWord = false
    var leftStrip = false
    var rightStrip = false
    var normalized = false
    var special = true

    init(content: String, normalized: Bool = false, special: Bool = true) {
        self.content = content
        self.normalized = normalized
        self.special = special
    }

    /// A text, which is special, or an object with the flags of transformers' `AddedToken`.
    ///
    /// - Throws: `TokenizersError.malformed` for anything else.
    init(_ value: JSONValue, _ source: String) throws {
        if let content = value.stringValue {
            self.init(content: content)
            return
        }
        guard value.objectValue != nil else {
            throw TokenizersError.malformed(source, "names \(value.kind) where a token was expected")
        }
        let part = Component(value: value, role: "token", source: source)
        let isSpecial = try part.bool("special", default: false)
        self.init(
            content: try part.string("content"), normalized: try part.bool("normalized", default: !isSpecial),
            special: isSpecial)
        singleWord = try part.bool("single_word", default: false)
        leftStrip = try part.bool("lstrip", default: false)
        rightStrip = try part.bool("rstrip", default: false)
    }

    /// The token that it is in a vocabulary.
    func numbered(_ id: Int) -> AddedToken {
        AddedToken(
            id: id, content: content, singleWord: singleWord, leftStrip: leftStrip, rightStrip: rightStrip,
            normalized: normalized, special: special)
    }
}

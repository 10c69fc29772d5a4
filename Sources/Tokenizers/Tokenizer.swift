/// Text to token ids and back.
///
/// Everywhere in lorad the ids of a prompt with its completion are `encodeBeginning(prompt) +
/// encodeContinuation(completion)`: the boundary between what is given and what is trained or scored is exact by
/// construction.
package protocol Tokenizer: Sendable {
    /// Ids run from 0 up to this.
    var vocabularySize: Int { get }
    var bosTokenID: Int? { get }
    /// The end-of-text token.
    var eosTokenID: Int? { get }
    /// Special tokens by the names that files give them, such as `bos_token`, as chat templates see them; each name once.
    var specialTokens: [NamedToken] { get }

    /// Ids of `text`; none are added around it. With `allowSpecial`, special tokens spelled out in the text become
    /// their ids, else they are text like any other.
    func encode(_ text: String, allowSpecial: Bool) -> [Int]

    /// Ids of a text that begins a sequence, after the special tokens, such as beginning-of-text, that the tokenizer
    /// puts before a text. Special tokens spelled out in the text become their ids.
    func encodeBeginning(_ text: String) -> [Int]

    /// Ids of a text that goes on where another ends: without the space that some tokenizers put before a text.
    /// Special tokens spelled out in the text become their ids.
    func encodeContinuation(_ text: String) -> [Int]

    /// Ids of a whole text, and where places of it lie among them; no ids are added around it. Special tokens spelled
    /// out in the text become their ids.
    ///
    /// - Parameter places: offsets in the text's UTF-8, ascending.
    /// - Throws: `TokenizersError.unsupported` where tokens cannot be told apart by place.
    func encode(_ text: String, places: [Int]) throws -> PlacedTokens

    /// A text, or a pair of texts, as a model takes it: with the special tokens that the tokenizer puts around it.
    ///
    /// - Parameters:
    ///   - pair: the second text of a pair.
    ///   - maximumLength: with special tokens, in tokens. What is longer loses tokens at the end; of a pair the longer
    ///     text loses them first (`longest_first`, as `tokenizers` has it).
    ///   - allowSpecial: whether special tokens spelled out in the text become their ids, as they do in transformers.
    /// - Throws: `TokenizersError.unsupported` where the special tokens alone are more than `maximumLength`.
    func encode(_ text: String, pair: String?, maximumLength: Int?, allowSpecial: Bool) throws -> EncodedText

    /// Text of `ids`; bytes that are not UTF-8 become U+FFFD. An id outside the vocabulary adds nothing.
    func decode(_ ids: [Int], skipSpecial: Bool) -> String

    /// The vocabulary's own spelling of a token, such as `Ġthe`; empty for an unknown id.
    func piece(_ id: Int) -> String

    /// The id of a token in the vocabulary's own spelling.
    func id(of piece: String) -> Int?
}

/// The tokens of a text or a pair of texts, special tokens included, without padding.
package struct EncodedText: Sendable, Equatable {
    package let ids: [Int]
    /// Which of the texts a token belongs to, in the numbers of BERT's token type embeddings; as long as `ids`.
    package let typeIDs: [Int]

    package init(ids: [Int], typeIDs: [Int]) {
        self.ids = ids
        self.typeIDs = typeIDs
    }
}

/// The tokens of a text, and where places of the text lie among them.
package struct PlacedTokens: Sendable, Equatable {
    package let ids: [Int]
    /// For each place: the tokens before `lowerBound` end at it or before, those from `upperBound` on begin at it or
    /// after. Between the two stands the token that holds what is on both sides; none does where the range is empty.
    package let places: [Range<Int>]

    package init(ids: [Int], places: [Range<Int>]) {
        self.ids = ids
        self.places = places
    }
}

/// A special token with the name of its role.
package struct NamedToken: Sendable, Equatable {
    package let name: String
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

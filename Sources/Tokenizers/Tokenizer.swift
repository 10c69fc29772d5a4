/// Text to token ids and back.
///
/// Everywhere in lorad the ids of a prompt with its completion are `encode(prompt) + encode(completion)`: the boundary
/// between what is given and what is trained or scored is exact by construction.
package protocol Tokenizer: Sendable {
    /// Ids run from 0 up to this.
    var vocabularySize: Int { get }
    var bosTokenID: Int? { get }
    /// The end-of-text token.
    var eosTokenID: Int? { get }

    /// Ids of `text`; none are added around it. With `allowSpecial`, special tokens spelled out in the text become
    /// their ids, else they are text like any other.
    func encode(_ text: String, allowSpecial: Bool) -> [Int]

    /// Text of `ids`; bytes that are not UTF-8 become U+FFFD. An id outside the vocabulary adds nothing.
    func decode(_ ids: [Int], skipSpecial: Bool) -> String

    /// The vocabulary's own spelling of a token, such as `Ġthe`; empty for an unknown id.
    func piece(_ id: Int) -> String

    /// The id of a token in the vocabulary's own spelling.
    func id(of piece: String) -> Int?
}

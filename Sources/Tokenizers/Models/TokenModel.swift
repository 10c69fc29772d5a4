/// Finds the tokens of one word, the `model` of tokenizer.json.
protocol TokenModel: Sendable {
    /// Appends the ids of the word `bytes[range]`, which is not empty.
    ///
    /// - Parameter allowSpecial: whether pieces that are special tokens may be found in it.
    func encode(_ bytes: [UInt8], _ range: Range<Int>, allowSpecial: Bool, into ids: inout [Int])

    /// A sign that no token holds after anything else: text may be cut before it without changing its tokens.
    var wordSign: [UInt8]? { get }
}

extension TokenModel {
    var wordSign: [UInt8]? { nil }
}

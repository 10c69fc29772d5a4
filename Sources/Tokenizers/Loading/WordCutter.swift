import ModelFiles

/// The words that a pre-tokenizer cuts text into, for whoever wants to look at them by themselves.
package struct WordCutter: Sendable {
    private let preTokenizer: PreTokenizer

    /// - Parameter definition: a tokenizer.json's `pre_tokenizer`.
    /// - Throws: `TokenizersError.unsupported` or `.malformed`.
    package init(_ definition: JSONValue) throws {
        preTokenizer = try TokenizerJSON.preTokenizer(
            Component(value: definition, role: "pre_tokenizer", source: "the definition"))
    }

    /// The one that a GGUF file names in `tokenizer.ggml.pre`; nil for an unknown name.
    package init?(named name: String) {
        guard let named = GGUFPreTokenizer.named[name] else { return nil }
        preTokenizer = named.preTokenizer
    }

    /// All that a GGUF file can name.
    package static var names: [String] { GGUFPreTokenizer.named.keys.sorted() }

    /// Each word's bytes, in order; of a ByteLevel pre-tokenizer the bytes themselves, not their spelling.
    package func words(of text: String) -> [[UInt8]] {
        let bytes = Array(text.utf8)
        var words = Pretokens(bytes, 0..<bytes.count, beginsText: true)
        preTokenizer.apply(to: &words)
        return words.ranges.map { Array(words.bytes[$0]) }
    }
}

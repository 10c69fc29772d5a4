extension Tokenizer {
    /// Of a tokenizer without names.
    package var specialTokens: [NamedToken] { [] }

    /// Of a tokenizer that puts nothing before a text.
    package func encodeBeginning(_ text: String) -> [Int] { encode(text, allowSpecial: true) }

    /// Of a tokenizer that puts nothing before a text.
    package func encodeContinuation(_ text: String) -> [Int] { encode(text, allowSpecial: true) }

    /// Of a tokenizer without special tokens: the texts one after the other, the second of type 1.
    package func encode(_ text: String, pair: String?, maximumLength: Int?, allowSpecial: Bool) throws -> EncodedText {
        try PostProcessor.plain.encode(
            encode(text, allowSpecial: allowSpecial), pair: pair.map { encode($0, allowSpecial: allowSpecial) },
            maximumLength: maximumLength)
    }
}

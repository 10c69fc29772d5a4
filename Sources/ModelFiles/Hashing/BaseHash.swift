/// What a manifest pins of a base; `lorad hash` prints it.
package struct BaseHash: Encodable, Sendable, Equatable {
    package let path: String
    package let sha256: String
    package let tokenizerSHA256: String
    /// What `tokenizer_sha256` was of the same files while it covered less; see `ContentHash.ofTokenizerVersion1`. Old
    /// runs and adapters name it; it is pinned no more.
    package let tokenizerSHA256Version1: String
    package let modelType: String
    package let parameters: Int

    enum CodingKeys: String, CodingKey {
        case path, sha256, parameters
        case tokenizerSHA256 = "tokenizer_sha256"
        case modelType = "model_type"
    }
}

/// What a manifest pins of a base; `lorad hash` prints it.
package struct BaseHash: Codable, Sendable, Equatable {
    package let path: String
    package let sha256: String
    package let tokenizerSHA256: String
    package let modelType: String
    package let parameters: Int

    enum CodingKeys: String, CodingKey {
        case path, sha256, parameters
        case tokenizerSHA256 = "tokenizer_sha256"
        case modelType = "model_type"
    }
}

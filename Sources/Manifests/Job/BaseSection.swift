/// The base model, pinned by content.
package struct BaseSection: Section {
    /// A Hugging Face model folder or a .gguf file.
    package var path = ""
    /// Lower-case hexadecimal, as `lorad hash` prints it.
    package var sha256 = ""
    /// The tokenizer's hash, where the job pins that too.
    package var tokenizerSHA256: String?

    static let fields: [Field<BaseSection>] = [
        .required(
            "path", \.path, .path(example: "bases/smollm2-135m-instruct"),
            missing: "name a Hugging Face model folder or a .gguf file",
            "A Hugging Face model folder, or a .gguf file."),
        .required(
            "sha256", \.sha256, .sha256, missing: "run `lorad hash PATH` and paste what it prints",
            "The base's hash from `lorad hash`; any other content is refused."),
        .optional(
            "tokenizer_sha256", \.tokenizerSHA256, .sha256, absent: "not compared",
            "The tokenizer's hash from `lorad hash`: vocabulary, added tokens, templates and ends."),
    ]
}

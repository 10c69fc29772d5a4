/// The base model, pinned by content.
package struct BaseSection: Section {
    /// A Hugging Face model folder or a .gguf file.
    package var path = ""
    /// Lower-case hexadecimal, as `lorad hash` prints it.
    package var sha256 = ""
    /// The tokenizer's hash, where the job pins that too.
    package var tokenizerSHA256: String?
    /// Its id on the Hugging Face Hub, for others to load it by; never looked up.
    package var hubID: String?

    static let fields: [Field<BaseSection>] = [
        .required(
            "path", \.path, .path(example: "bases/smollm2-135m-instruct"),
            missing: "name a Hugging Face model folder or a .gguf file",
            "A Hugging Face model folder, or a .gguf file."),
        .required(
            "sha256", \.sha256, .sha256, missing: "run `lorad hash PATH` and paste what it prints",
            "The base's hash from `lorad hash`; any other content is refused."),
        .optional(
            "hub_id", \.hubID, .hubID, absent: "not stated",
            "The base's id on the Hugging Face Hub: model card and adapter_config.json name it for others to load. Nothing is fetched."
        ),
        .optional(
            "tokenizer_sha256", \.tokenizerSHA256, .sha256, absent: "not compared",
            "The tokenizer's hash from `lorad hash`: vocabulary, added tokens, templates and ends."),
    ]
}

extension Kind where Value == String {
    /// `owner/model`, or a model of the Hub's early days without an owner.
    static var hubID: Kind<String> {
        .text("Hub id", example: "HuggingFaceTB/SmolLM2-135M-Instruct", limit: 96) { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let isPlain = parts.allSatisfy { part in
                !part.isEmpty && part.first != "." && part.first != "-"
                    && part.utf8.allSatisfy { byte in
                        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
                            || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || "._-".utf8.contains(byte)
                    }
            }
            return isPlain && parts.count <= 2 ? nil : "is no id of the Hugging Face Hub, which is OWNER/MODEL"
        }
    }

    /// A licence's identifier as the Hub's model cards name it.
    static var licence: Kind<String> {
        .text("licence identifier", example: "apache-2.0", limit: 64) { text in
            let isPlain = text.utf8.allSatisfy { byte in
                byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
                    || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || "._-".utf8.contains(byte)
            }
            return isPlain && !text.isEmpty ? nil : "is no licence identifier, such as apache-2.0, mit or other"
        }
    }
}

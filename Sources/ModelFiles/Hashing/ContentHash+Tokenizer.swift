import Foundation

extension ContentHash {
    /// SHA-256 of a folder's tokenizer.json, or of a GGUF's vocabulary in this serialisation, all UTF-8 with `\n` ends:
    ///
    /// 1. for each of `tokens`, `token_type`, `merges` a line `NAME COUNT`, then for each element a line
    ///    `BYTES ELEMENT` with its length in UTF-8 bytes (integers in decimal); an absent array has the count 0;
    /// 2. for `scores`, where present, the same with each float32's bits in hexadecimal;
    /// 3. the lines `model TEXT` and `pre TEXT`;
    /// 4. for each of `bos`, `eos`, `unknown`, `padding` a line `NAME ID`, the id empty where there is none.
    ///
    /// - Throws: `ModelFilesError.missing` where a folder has no tokenizer.json; `.malformed` where an array of the GGUF
    ///   holds anything but strings and numbers.
    package static func ofTokenizer(_ files: BaseModelFiles, cache: HashCache? = nil) throws -> String {
        guard let gguf = files.gguf else { return try ofFile(files.path + "/tokenizer.json", cache: cache) }
        var text = ""
        for name in ["tokens", "token_type", "merges"] {
            text += try section(name, of: gguf) { $0.stringValue ?? $0.intValue.map(String.init) }
        }
        if gguf.metadata["tokenizer.ggml.scores"] != nil {
            text += try section("scores", of: gguf) { value in
                if case .float32(let score) = value { String(score.bitPattern, radix: 16) } else { nil }
            }
        }
        for name in ["model", "pre"] {
            text += "\(name) \(gguf.metadata["tokenizer.ggml.\(name)"]?.stringValue ?? "")\n"
        }
        for name in ["bos", "eos", "unknown", "padding"] {
            let id = gguf.metadata["tokenizer.ggml.\(name)_token_id"]?.intValue
            text += "\(name) \(id.map(String.init) ?? "")\n"
        }
        return ofBytes(Data(text.utf8))
    }

    private static func section(
        _ name: String, of gguf: GGUFFile, _ spell: (GGUFValue) -> String?
    ) throws -> String {
        let values = gguf.metadata["tokenizer.ggml.\(name)"]?.arrayValue ?? []
        var text = "\(name) \(values.count)\n"
        for value in values {
            guard let element = spell(value) else {
                throw ModelFilesError(
                    .malformed, "\(gguf.location): tokenizer.ggml.\(name) holds an element of type \(value.type).")
            }
            text += "\(element.utf8.count) \(element)\n"
        }
        return text
    }
}

import Foundation

/// What `tokenizer_sha256` covers: every file, or every value of a GGUF, from which token ids, chat templates and the
/// tokens that end a text are read, config.json apart, which is in the base's own hash.
extension ContentHash {
    /// Files of a folder that the hash covers where they are there; with them `additional_chat_templates/*.jinja`.
    private static let tokenizerFiles = [
        "added_tokens.json", "chat_template.jinja", "chat_template.json", "generation_config.json", "merges.txt",
        "special_tokens_map.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.json",
        "vocab.txt",
    ]

    /// SHA-256 of the listing that `sha256sum` prints of a folder's `tokenizerFiles`, sorted by the names' bytes;
    /// docs/tokenizers.md has the command. Of a GGUF that of this serialisation, all UTF-8 with `\n` ends:
    ///
    /// 1. for each of `tokens`, `token_type`, `merges` a line `NAME COUNT`, then for each element a line
    ///    `BYTES ELEMENT` with its length in UTF-8 bytes (integers in decimal); an absent array has the count 0;
    /// 2. for `scores`, where present, the same with each float32's bits in hexadecimal;
    /// 3. the lines `model TEXT` and `pre TEXT`;
    /// 4. for each key `tokenizer.ggml.NAME_token_id`, sorted by the names' bytes, a line `NAME ID`;
    /// 5. for each of `add_bos_token`, `add_eos_token`, `add_space_prefix` that is present a line `NAME true` or
    ///    `NAME false`;
    /// 6. for each key `tokenizer.chat_template` or `tokenizer.chat_template.NAME`, sorted by bytes, a line `KEY BYTES`
    ///    with the template's length, then the template and a line end.
    ///
    /// - Throws: `ModelFilesError.missing` where a folder has no tokenizer.json; `.malformed` where an array of the GGUF
    ///   holds anything but strings and numbers; `.unsupported` for a file's name that cannot be listed.
    package static func ofTokenizer(_ files: BaseModelFiles) throws -> String {
        guard let gguf = files.gguf else { return try ofTokenizerFolder(files.folder) }
        var text = try vocabulary(gguf)
        let metadata = gguf.metadata.sorted { ExactString($0.key) < ExactString($1.key) }
        let (prefix, suffix) = ("tokenizer.ggml.", "_token_id")
        let ids = metadata.filter { $0.key.hasPrefix(prefix) && $0.key.hasSuffix(suffix) }
            .map { (name: String($0.key.dropFirst(prefix.count).dropLast(suffix.count)), id: $0.value.intValue) }
        for (name, id) in ids.sorted(by: { ExactString($0.name) < ExactString($1.name) }) {
            text += "\(name) \(id.map(String.init) ?? "")\n"
        }
        for name in ["add_bos_token", "add_eos_token", "add_space_prefix"] {
            guard let value = gguf.metadata[prefix + name]?.boolValue else { continue }
            text += "\(name) \(value)\n"
        }
        let template = "tokenizer.chat_template"
        for (key, value) in metadata where key == template || key.hasPrefix(template + ".") {
            let source = value.stringValue ?? ""
            text += "\(key) \(source.utf8.count)\n\(source)\n"
        }
        return ofBytes(Data(text.utf8))
    }

    /// Version 1 of the hash, of runs and manifests before version 2: that of tokenizer.json alone, or of a GGUF the first
    /// three steps and for each of `bos`, `eos`, `unknown`, `padding` a line `NAME ID`, the id empty where there is none.
    ///
    /// - Throws: as `ofTokenizer`.
    package static func ofTokenizerVersion1(_ files: BaseModelFiles) throws -> String {
        guard let gguf = files.gguf else { return try ofTokenizerFile(files.folder) }
        var text = try vocabulary(gguf)
        for name in ["bos", "eos", "unknown", "padding"] {
            let id = gguf.metadata["tokenizer.ggml.\(name)_token_id"]?.intValue
            text += "\(name) \(id.map(String.init) ?? "")\n"
        }
        return ofBytes(Data(text.utf8))
    }

    private static func ofTokenizerFolder(_ folder: ModelFolder) throws -> String {
        // What is read first of all; without it there is no tokenizer, whatever else is there.
        _ = try ofTokenizerFile(folder)
        let templates = "additional_chat_templates"
        let more = try folder.names(in: templates)
        let names =
            tokenizerFiles
            + more.filter { $0.hasSuffix(".jinja") && !$0.hasPrefix(".") }.map { "\(templates)/\($0)" }
        return try listing(of: [], names, in: folder)
    }

    private static func ofTokenizerFile(_ folder: ModelFolder) throws -> String {
        let name = "tokenizer.json"
        if let hash = try folder.sha256(name, cache: nil, rereading: false) { return hash }
        throw ModelFilesError(
            .missing, "\(folder.path) has no \(name).",
            advice: "Write one with transformers: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER).")
    }

    /// The first three steps.
    private static func vocabulary(_ gguf: GGUFFile) throws -> String {
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
        return text
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

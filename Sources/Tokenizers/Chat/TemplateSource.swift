import ModelFiles

/// Where bases keep their chat templates, looked through as transformers does.
enum TemplateSource {
    private static let longestTemplate = 1 << 20

    /// The template's text, and where it stands; nil where the base has none.
    ///
    /// - Throws: `TokenizersError.unsupported` for several templates of which none is the default, or one that is no text;
    ///   `ModelFilesError` where a file cannot be read.
    static func find(_ base: BaseModelFiles) throws -> (text: String, place: String)? {
        if let gguf = base.gguf {
            return gguf.metadata["tokenizer.chat_template"]?.stringValue.map { ($0, base.path) }
        }
        let file = "chat_template.jinja"
        if let data = try base.folder.bytes(file, limit: longestTemplate) {
            return (String(decoding: data, as: UTF8.self), base.folder.path(of: file))
        }
        let name = "tokenizer_config.json"
        guard let template = try base.folder.json(name)?["chat_template"], !template.isNull else { return nil }
        let config = base.folder.path(of: name)
        return (try text(template, config), config)
    }

    /// One template, or the one of several that is named `default`.
    private static func text(_ template: JSONValue, _ config: String) throws -> String {
        if let text = template.stringValue { return text }
        let entries = template.arrayValue ?? []
        if let text = entries.first(where: { $0["name"]?.stringValue == "default" })?["template"]?.stringValue {
            return text
        }
        let names = entries.compactMap { $0["name"]?.stringValue }
        throw TokenizersError(
            .unsupported, "\(config) holds no chat template named 'default'.",
            cause: names.isEmpty ? nil : "There is \(names.joined(separator: ", ")).",
            advice: "Name the one that conversations are to be written with 'default'.")
    }
}

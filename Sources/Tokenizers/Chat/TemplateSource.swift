import ForeignText
import Foundation
import ModelFiles

/// The templates that a base brings, looked for where transformers and llama.cpp keep them.
enum TemplateSource {
    /// One of them.
    struct Named: Equatable {
        let name: String
        let text: String
        /// What errors call its place.
        let place: String
    }

    /// The template that is meant where none is named.
    static let standard = "default"
    /// The one that transformers takes for a conversation with tools, where there is one.
    static let withTools = "tool_use"
    private static let longestTemplate = JinjaLimits.sourceBytes
    private static let folder = "additional_chat_templates"

    // MARK: all of them

    /// Every template of a folder: those of `tokenizer_config.json`, in whose place come `chat_template.jinja` and
    /// `additional_chat_templates/NAME.jinja`, as transformers has it, and where there is no default one that of
    /// `chat_template.json`.
    ///
    /// - Throws: `ModelFilesError` where a file cannot be read; `TokenizersError.malformed` for a template that is no text.
    static func all(_ files: ModelFolder) throws -> [Named] {
        var found: [Named] = []
        func add(_ template: Named) {
            found.removeAll { $0.name == template.name }
            found.append(template)
        }
        let config = "tokenizer_config.json"
        try entries(files.json(config)?["chat_template"], files.path(of: config)).forEach(add)
        let file = "chat_template.jinja"
        if let text = try text(file, files) {
            add(Named(name: standard, text: text, place: files.path(of: file)))
        }
        for name in try files.names(in: folder).sorted() where name.hasSuffix(".jinja") && !name.hasPrefix(".") {
            guard let text = try text("\(folder)/\(name)", files) else { continue }
            add(Named(name: String(name.dropLast(6)), text: text, place: files.path(of: "\(folder)/\(name)")))
        }
        let legacy = "chat_template.json"
        if !found.contains(where: { $0.name == standard }) {
            let template = try files.json(legacy)?["chat_template"]
            for entry in try entries(template, files.path(of: legacy))
            where !found.contains(where: { $0.name == entry.name }) { found.append(entry) }
        }
        return found
    }

    /// Every template of a GGUF: `tokenizer.chat_template`, and `tokenizer.chat_template.NAME` by its name.
    static func all(_ gguf: GGUFFile, _ path: String) -> [Named] {
        let key = "tokenizer.chat_template"
        return gguf.metadata.keys.sorted().compactMap { found in
            guard found == key || found.hasPrefix(key + "."), let text = gguf.metadata[found]?.stringValue else {
                return nil
            }
            let name = found == key ? standard : String(found.dropFirst(key.count + 1))
            return Named(name: name, text: text, place: "\(path) (\(found))")
        }
    }

    private static func text(_ file: String, _ folder: ModelFolder) throws -> String? {
        try folder.bytes(file, limit: longestTemplate).map { String(decoding: $0, as: UTF8.self) }
    }

    /// One template, or a list of named ones.
    private static func entries(_ value: JSONValue?, _ place: String) throws -> [Named] {
        guard let value, !value.isNull else { return [] }
        if let text = value.stringValue { return [Named(name: standard, text: text, place: place)] }
        if let object = value.objectValue {
            return try object.members.map { try named($0.key, $0.value, place) }
        }
        guard let entries = value.arrayValue else {
            throw TokenizersError.malformed(place, "has \(value.kind) as its chat_template")
        }
        return try entries.map { try named($0["name"]?.stringValue, $0["template"], place) }
    }

    private static func named(_ name: String?, _ text: JSONValue?, _ place: String) throws -> Named {
        guard let name, let text = text?.stringValue else {
            throw TokenizersError.malformed(place, "has a chat template without a name or a text")
        }
        return Named(name: name, text: text, place: place)
    }

    /// A template in a file of its own.
    ///
    /// - Throws: `ModelFilesError` where it cannot be read.
    static func file(_ path: String, rule: ReadingRule) throws -> Named {
        let data = try RegularFile.read(path, limit: longestTemplate, rule: rule)
        return Named(name: standard, text: String(decoding: data, as: UTF8.self), place: path)
    }

    // MARK: the one that goes into a GGUF

    /// The default template's text; nil where the base has none.
    ///
    /// - Throws: `TokenizersError.unsupported` for several templates of which none is the default;
    ///   `TokenizersError.malformed` for one that is no text; `ModelFilesError` where a file cannot be read.
    static func find(_ base: BaseModelFiles) throws -> String? {
        let all = try base.gguf.map { self.all($0, base.path) } ?? self.all(base.folder)
        guard let first = all.first else { return nil }
        if let found = all.first(where: { $0.name == standard }) { return found.text }
        throw TokenizersError(
            .unsupported, "\(first.place) holds no chat template named '\(standard)'.",
            cause: "There is \(all.map { ForeignText.shortened($0.name, to: 100) }.joined(separator: ", ")).",
            advice: "Name the one that conversations are to be written with '\(standard)'.")
    }
}

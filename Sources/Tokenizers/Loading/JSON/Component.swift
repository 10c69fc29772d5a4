import ModelFiles

/// One part of tokenizer.json, such as its normalizer, whose fields are read by name and type.
struct Component {
    let value: JSONValue
    /// What errors call the part, such as `normalizer`.
    let role: String
    /// What errors call the file.
    let source: String

    /// The part's kind, such as `BertNormalizer`.
    var type: String { value["type"]?.stringValue ?? "none" }

    func bool(_ key: String, default fallback: Bool) throws -> Bool { try optionalBool(key) ?? fallback }

    /// Nil where the field is null or absent.
    func optionalBool(_ key: String) throws -> Bool? {
        guard let field = value[key], !field.isNull else { return nil }
        guard let bool = field.boolValue else { throw wrong(key, field, "true or false") }
        return bool
    }

    func string(_ key: String) throws -> String {
        guard let string = try optionalString(key) else { throw lacks(key) }
        return string
    }

    /// Nil where the field is null or absent.
    func optionalString(_ key: String) throws -> String? {
        guard let field = value[key], !field.isNull else { return nil }
        guard let string = field.stringValue else { throw wrong(key, field, "a string") }
        return string
    }

    /// A field that is one character, as UTF-8.
    func character(_ key: String, default fallback: [UInt8]? = nil) throws -> [UInt8] {
        guard let text = try optionalString(key) else {
            guard let fallback else { throw lacks(key) }
            return fallback
        }
        guard text.unicodeScalars.count == 1 else { throw wrong(key, .string(text), "a single character") }
        return Array(text.utf8)
    }

    /// A count or an id.
    func integer(_ key: String, default fallback: Int? = nil) throws -> Int {
        guard let field = value[key], !field.isNull else {
            guard let fallback else { throw lacks(key) }
            return fallback
        }
        guard let integer = field.intValue, integer >= 0, integer <= Int32.max else {
            throw wrong(key, field, "an integer from 0 to \(Int32.max)")
        }
        return integer
    }

    func array(_ key: String) throws -> [JSONValue] {
        guard let field = value[key] else { throw lacks(key) }
        guard let array = field.arrayValue else { throw wrong(key, field, "an array") }
        return array
    }

    func object(_ key: String) throws -> JSONObject {
        guard let field = value[key] else { throw lacks(key) }
        guard let object = field.objectValue else { throw wrong(key, field, "an object") }
        return object
    }

    /// A field that says one of a few names.
    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, default fallback: Choice? = nil) throws
        -> Choice where Choice.RawValue == String
    {
        guard let name = try optionalString(key) else {
            guard let fallback else { throw lacks(key) }
            return fallback
        }
        guard let choice = Choice(rawValue: name) else {
            throw unsupported(
                "has the \(key) '\(name)' in its \(role)", known: Choice.allCases.map(\.rawValue))
        }
        return choice
    }

    /// The part that a field holds.
    func part(_ key: String, role: String? = nil) -> Component {
        Component(value: value[key] ?? .null, role: role ?? self.role, source: source)
    }

    /// The parts that a field holds.
    func parts(_ key: String) throws -> [Component] {
        try array(key).map { Component(value: $0, role: role, source: source) }
    }

    // MARK: Errors

    func unsupportedType(known: [String]) -> TokenizersError {
        unsupported("has a \(role) of type '\(type)'", known: known)
    }

    func unsupported(_ what: String, known: [String]) -> TokenizersError {
        TokenizersError(
            .unsupported, "\(source) \(what).", advice: "lorad supports: \(known.joined(separator: ", ")).")
    }

    private func lacks(_ key: String) -> TokenizersError {
        .malformed(source, "has a \(role)\(kind) without '\(key)'")
    }

    private func wrong(_ key: String, _ field: JSONValue, _ expected: String) -> TokenizersError {
        .malformed(source, "has \(field.kind) as '\(key)' of its \(role)\(kind), where \(expected) was expected")
    }

    private var kind: String { value["type"]?.stringValue.map { " of type '\($0)'" } ?? "" }
}

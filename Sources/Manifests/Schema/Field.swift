/// One key of a section: its name, where its value lives, what it may hold, and what it means.
///
/// A field is the only place that knows these; reading, writing, defaults and the reference all come from it.
struct Field<Section: Sendable>: Sendable {
    let name: String
    let description: FieldDescription
    /// What to say where a required field is missing; nil for a field with a default.
    let missing: String?
    let allowsBlank: Bool
    let expectation: String
    /// Reads a node that is not null into the section.
    let read: @Sendable (YAMLNode, inout Section, inout ReadingContext, String) -> Void
    /// The field's node, or nil where an optional value is absent.
    let write: @Sendable (Section) -> YAMLNode?

    /// A field that must be given; `missing` says what to do about its absence.
    static func required<Value>(
        _ name: String, _ property: WritableKeyPath<Section, Value> & Sendable, _ kind: Kind<Value>, missing: String,
        _ meaning: String
    ) -> Field {
        Field(name, property, kind, standard: "required", missing: missing, meaning: meaning)
    }

    /// A field with a default: the value the property has in a new section. `standard` is the default as text, where
    /// the kind's own spelling would not do.
    static func standard<Value>(
        _ name: String, _ property: WritableKeyPath<Section, Value> & Sendable, _ kind: Kind<Value>,
        standard: String, _ meaning: String
    ) -> Field {
        Field(name, property, kind, standard: standard, missing: nil, meaning: meaning)
    }

    /// A field that may be absent; `absent` says what then happens.
    static func optional<Value>(
        _ name: String, _ property: WritableKeyPath<Section, Value?> & Sendable, _ kind: Kind<Value>, absent: String,
        _ meaning: String
    ) -> Field {
        let optional = Kind<Value?>(
            type: kind.type, expectation: kind.expectation, allowsBlank: kind.allowsBlank,
            read: { node, context, path in kind.read(node, &context, path).map { .some($0) } },
            write: { $0.map(kind.write) ?? YAMLNode(.scalar(YAMLScalar(plain: "null"))) }, nested: kind.nested)
        return Field(name, property, optional, standard: absent, missing: nil, meaning: meaning)
    }

    /// A key that is acted on before sections are read, and of which a section keeps nothing.
    static func consumed(_ name: String, _ kind: Kind<String>, absent: String, _ meaning: String) -> Field {
        Field(
            name: name,
            description: FieldDescription(
                path: name, type: kind.type, standard: absent, meaning: meaning, nested: []),
            missing: nil, allowsBlank: false, expectation: kind.expectation, read: { _, _, _, _ in },
            write: { _ in nil })
    }

    /// The same, written only where `isWritten`; elsewhere its value means nothing.
    func written(where isWritten: @escaping @Sendable (Section) -> Bool) -> Field {
        Field(
            name: name, description: description, missing: missing, allowsBlank: allowsBlank, expectation: expectation,
            read: read, write: { [write] section in isWritten(section) ? write(section) : nil })
    }

    private init(
        name: String, description: FieldDescription, missing: String?, allowsBlank: Bool, expectation: String,
        read: @escaping @Sendable (YAMLNode, inout Section, inout ReadingContext, String) -> Void,
        write: @escaping @Sendable (Section) -> YAMLNode?
    ) {
        self.name = name
        self.description = description
        self.missing = missing
        self.allowsBlank = allowsBlank
        self.expectation = expectation
        self.read = read
        self.write = write
    }

    private init<Value>(
        _ name: String, _ property: WritableKeyPath<Section, Value> & Sendable, _ kind: Kind<Value>, standard: String,
        missing: String?, meaning: String
    ) {
        self.name = name
        self.missing = missing
        description = FieldDescription(
            path: name, type: kind.type, standard: standard, meaning: meaning, nested: kind.nested)
        allowsBlank = kind.allowsBlank
        expectation = kind.expectation
        read = { node, section, context, path in
            if let value = kind.read(node, &context, path) { section[keyPath: property] = value }
        }
        write = { section in
            let node = kind.write(section[keyPath: property])
            return node.isNull ? nil : node
        }
    }
}

/// One key as the reference page shows it.
package struct FieldDescription: Sendable, Equatable {
    /// The dotted path from the top, such as `training.seed`.
    package let path: String
    /// Type and bounds.
    package let type: String
    /// The default, or `required`.
    package let standard: String
    /// One sentence for the reference page.
    package let meaning: String
    /// The keys of a section.
    package let nested: [FieldDescription]

    /// This key and those below it, under full paths.
    package func flattened(under prefix: String = "") -> [FieldDescription] {
        let own = FieldDescription(
            path: prefix + path, type: type, standard: standard, meaning: meaning, nested: nested)
        return [own] + nested.flatMap { $0.flattened(under: own.path + ".") }
    }
}

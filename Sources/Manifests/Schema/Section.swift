/// A mapping with known keys.
protocol Section: Sendable, Equatable {
    /// The defaults. Required fields hold placeholders, which never leave a reading that found a mistake.
    init()
    static var fields: [Field<Self>] { get }
    /// Rules over several fields: fills what follows from others and reports contradictions. `path` ends with a dot
    /// unless it is empty.
    static func check(_ section: inout Self, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String)
}

extension Section {
    static func check(_ section: inout Self, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String) {}

    /// Reads a section and everything below it; mistakes go to the context.
    static func read(_ node: YAMLNode, _ context: inout ReadingContext, path: String = "") -> Self {
        var section = Self()
        let prefix = path.isEmpty ? "" : path + "."
        for entry in node.entries ?? [] {
            guard let field = fields.first(where: { $0.name == entry.key }) else {
                let known = fields.map(\.name)
                let message = UnknownKey.message(entry.key, in: path, known: known, everywhere: context.paths)
                context.diagnostics.add(entry.position, message)
                continue
            }
            let fieldPath = prefix + field.name
            if entry.value.isBlank && !field.allowsBlank {
                context.diagnostics.add(
                    entry.position, "\(fieldPath) has no value; expected \(field.expectation), or null for the default")
            } else if !entry.value.isNull {
                field.read(entry.value, &section, &context, fieldPath)
            }
        }
        for field in fields where field.missing != nil {
            let entry = node.entry(field.name)
            let isReported = entry.map { $0.value.isBlank && !field.allowsBlank } ?? false
            if !isReported, entry?.value.isNull ?? true {
                context.diagnostics.add(node.position, "\(prefix)\(field.name) is missing: \(field.missing ?? "")")
            }
        }
        check(&section, node, &context, prefix)
        return section
    }

    /// The section with every default filled in, in the order of its fields.
    func node() -> YAMLNode {
        YAMLNode(.mapping(Self.fields.compactMap { field in field.write(self).map { YAMLEntry(field.name, $0) } }))
    }

    /// Every key, with those below it.
    static var reference: [FieldDescription] { fields.flatMap { $0.description.flattened() } }
}

extension Kind where Value: Section {
    /// A mapping read by the section's own fields.
    static func section(_ example: String) -> Kind<Value> {
        let keys = Value.fields.map(\.name).joined(separator: ", ")
        return Kind(
            type: "mapping", expectation: "a mapping with the keys \(keys)", allowsBlank: true,
            read: { node, context, path in
                guard node.entries != nil else {
                    context.diagnostics.add(
                        node.position,
                        "\(path) is \(Shown.kind(of: node)); expected a mapping with the keys \(keys), "
                            + "such as \(example)")
                    return nil
                }
                return Value.read(node, &context, path: path)
            },
            write: { $0.node() }, nested: Value.fields.map(\.description))
    }
}

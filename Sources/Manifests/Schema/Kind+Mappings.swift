import ForeignText

/// A value under a name that the manifest's author chose.
package struct NamedValue<Value: Sendable & Equatable>: Sendable, Equatable {
    package let name: String
    package let value: Value

    package init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}

extension Kind {
    /// A mapping whose keys are names of the author's, in their order.
    static func mapping<Element: Equatable & Sendable>(
        of kind: Kind<Element>, atMost limit: Int, example: String
    ) -> Kind<[NamedValue<Element>]> where Value == [NamedValue<Element>] {
        let longest = 4_096
        return Kind(
            type: "mapping of names to \(kind.type), at most \(limit)", expectation: "a mapping, such as \(example)",
            allowsBlank: true,
            read: { node, context, path in
                guard let entries = node.entries else {
                    context.diagnostics.add(
                        node.position, "\(path) is \(Shown.kind(of: node)); expected a mapping, such as \(example)")
                    return nil
                }
                guard entries.count <= limit else {
                    context.diagnostics.add(
                        node.position, "\(path) has \(entries.count) names; it may have at most \(limit)")
                    return nil
                }
                let values = entries.compactMap { entry -> NamedValue<Element>? in
                    let place = "\(path).\(Shown.quoted(entry.key))"
                    guard !entry.key.isEmpty, entry.key.utf8.count <= longest, ForeignText.isPlain(entry.key) else {
                        context.diagnostics.add(
                            entry.position, "\(place) is no name; one has at most \(longest) bytes, all to be seen")
                        return nil
                    }
                    guard !entry.value.isNull else {
                        context.diagnostics.add(
                            entry.position, "\(place) has no value; expected \(kind.expectation)")
                        return nil
                    }
                    return kind.read(entry.value, &context, place).map { NamedValue(name: entry.key, value: $0) }
                }
                return values.count == entries.count ? values : nil
            },
            write: { values in
                YAMLNode(.mapping(values.map { YAMLEntry($0.name, kind.write($0.value)) }))
            })
    }
}

/// What a list may hold.
struct ListRule: Sendable {
    /// The fewest elements.
    var atLeast = 0
    /// The most elements.
    var atMost = Int.max
    /// Whether a single value may stand for a list of one.
    var allowsSingle = false

    /// `, at least 2, at most 100`, for the reference.
    fileprivate var words: String {
        (atLeast > 0 ? ", at least \(atLeast)" : "") + (atMost < Int.max ? ", at most \(atMost)" : "")
    }
}

extension Kind {
    /// A list whose elements differ from each other.
    static func list<Element: Equatable & Sendable>(
        of kind: Kind<Element>, _ rule: ListRule = ListRule(), example: String
    ) -> Kind<[Element]> where Value == [Element] {
        let expectation = "a list, such as \(example)"
        return Kind(
            type: "list of \(kind.type)\(rule.words)",
            expectation: expectation, allowsBlank: true,
            read: { node, context, path in
                let nodes: [YAMLNode]
                if let elements = node.elements {
                    nodes = elements
                } else if rule.allowsSingle, node.scalar != nil {
                    nodes = [node]
                } else {
                    context.diagnostics.add(
                        node.position, "\(path) is \(Shown.kind(of: node)); expected \(expectation)")
                    return nil
                }
                guard nodes.count >= rule.atLeast else {
                    context.diagnostics.add(
                        node.position,
                        "\(path) has \(nodes.count) elements; it needs at least \(rule.atLeast), such as \(example)")
                    return nil
                }
                guard nodes.count <= rule.atMost else {
                    context.diagnostics.add(
                        node.position, "\(path) has \(nodes.count) elements; it may have at most \(rule.atMost)")
                    return nil
                }
                return elements(nodes, kind, &context, path)
            },
            write: { YAMLNode(.sequence($0.map(kind.write))) }, nested: kind.nested)
    }

    /// Every element read, each under its index; nil where one is wrong or stands twice.
    private static func elements<Element: Equatable & Sendable>(
        _ nodes: [YAMLNode], _ kind: Kind<Element>, _ context: inout ReadingContext, _ path: String
    ) -> [Element]? {
        var values: [Element] = []
        for (index, node) in nodes.enumerated() {
            let place = "\(path)[\(index)]"
            guard !node.isNull else {
                context.diagnostics.add(node.position, "\(place) has no value; expected \(kind.expectation)")
                continue
            }
            guard let value = kind.read(node, &context, place) else { continue }
            if values.contains(value) {
                context.diagnostics.add(node.position, "\(place) stands in the list twice")
            } else {
                values.append(value)
            }
        }
        return values.count == nodes.count ? values : nil
    }
}

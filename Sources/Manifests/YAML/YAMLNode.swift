/// A value of the node tree, with the place it was written at.
package struct YAMLNode: Equatable, Sendable {
    /// What a node holds.
    package enum Content: Equatable, Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    package var content: Content
    package var position: SourcePosition

    package init(_ content: Content, at position: SourcePosition = .none) {
        self.content = content
        self.position = position
    }

    /// The entries of a mapping, or nil.
    package var entries: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The elements of a sequence, or nil.
    package var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// The scalar, or nil.
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// `null`, `~`, or nothing at all.
    package var isNull: Bool { scalar?.value == .null }

    /// Nothing was written after the key: `rank:`.
    var isBlank: Bool { isNull && scalar?.text == "" }

    /// The entry of a mapping under `key`.
    package func entry(_ key: String) -> YAMLEntry? {
        entries?.first { $0.key == key }
    }

    /// The value under a dotted path such as `training.seed`; nil where nothing or null stands there.
    package subscript(path: String) -> YAMLNode? {
        var node = self
        for key in path.split(separator: ".") {
            guard let next = node.entry(String(key))?.value else { return nil }
            node = next
        }
        return node.isNull ? nil : node
    }
}

/// A key and its value in a mapping, in the order written.
package struct YAMLEntry: Equatable, Sendable {
    package var key: String
    /// Where the key stands.
    package var position: SourcePosition
    package var value: YAMLNode

    package init(_ key: String, _ value: YAMLNode, at position: SourcePosition = .none) {
        self.key = key
        self.position = position
        self.value = value
    }
}

extension SourcePosition {
    /// For nodes that were made by lorad and stand in no text.
    package static let none = SourcePosition(file: "", line: 0, column: 0)
}

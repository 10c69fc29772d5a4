/// A value of the node tree, with the place it was written at.
struct YAMLNode: Equatable, Sendable {
    /// What a node holds.
    enum Content: Equatable, Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    var content: Content
    var position: SourcePosition

    init(_ content: Content, at position: SourcePosition = .none) {
        self.content = content
        self.position = position
    }

    /// The entries of a mapping, or nil.
    var entries: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The elements of a sequence, or nil.
    var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// The scalar, or nil.
    var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// `null`, `~`, or nothing at all.
    var isNull: Bool { scalar?.value == .null }

    /// Nothing was written after the key: `rank:`.
    var isBlank: Bool { isNull && scalar?.text == "" }

    /// The entry of a mapping under `key`.
    func entry(_ key: String) -> YAMLEntry? {
        entries?.first { $0.key == key }
    }

    /// The value under a dotted path such as `training.seed`; nil where nothing or null stands there.
    subscript(path: String) -> YAMLNode? {
        var node = self
        for key in path.split(separator: ".") {
            guard let next = node.entry(String(key))?.value else { return nil }
            node = next
        }
        return node.isNull ? nil : node
    }
}

/// A key and its value in a mapping, in the order written.
struct YAMLEntry: Equatable, Sendable {
    var key: String
    /// Where the key stands.
    var position: SourcePosition
    var value: YAMLNode

    init(_ key: String, _ value: YAMLNode, at position: SourcePosition = .none) {
        self.key = key
        self.position = position
        self.value = value
    }
}

extension SourcePosition {
    /// For nodes that were made by lorad and stand in no text.
    static let none = SourcePosition(file: "", line: 0, column: 0)
}

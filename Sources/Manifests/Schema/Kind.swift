/// What a field may hold: how to read it, how to write it, and how to describe it to a person.
struct Kind<Value: Sendable>: Sendable {
    /// The type with its bounds, for the reference: `whole number ≥ 1`.
    let type: String
    /// What a message says was expected: `a whole number of at least 1, such as 8`.
    let expectation: String
    /// Whether a key with nothing after it stands for the default; true for sections and lists, whose lines may all be
    /// commented out.
    var allowsBlank = false
    /// The value of a node that is not null, or nil after reporting why there is none.
    let read: @Sendable (YAMLNode, inout ReadingContext, String) -> Value?
    /// The node that reads back as this value.
    let write: @Sendable (Value) -> YAMLNode
    /// The fields below this one, for a section.
    var nested: [FieldDescription] = []

    /// A kind read from one node by `parse`, which answers nil where the node is not of this kind.
    init(
        type: String, expectation: String, parse: @escaping @Sendable (YAMLNode) -> Value?,
        write: @escaping @Sendable (Value) -> YAMLNode
    ) {
        self.type = type
        self.expectation = expectation
        self.write = write
        read = { node, context, path in
            if let value = parse(node) { return value }
            context.diagnostics.add(
                node.position, "\(path) is \(Shown.kind(of: node)); expected \(expectation)")
            return nil
        }
    }

    init(
        type: String, expectation: String, allowsBlank: Bool = false,
        read: @escaping @Sendable (YAMLNode, inout ReadingContext, String) -> Value?,
        write: @escaping @Sendable (Value) -> YAMLNode, nested: [FieldDescription] = []
    ) {
        self.type = type
        self.expectation = expectation
        self.allowsBlank = allowsBlank
        self.read = read
        self.write = write
        self.nested = nested
    }
}

/// What reading carries along: the mistakes, and every key of the schema for "did you mean".
struct ReadingContext {
    var diagnostics: DiagnosticList
    /// Every dotted path of the schema.
    let paths: [String]
}

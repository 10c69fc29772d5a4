import ModelFiles

/// A part of JSON Schema's draft 2020-12 (https://json-schema.org/draft/2020-12/json-schema-validation), by which answers
/// are judged: the keywords of `JSONSchemaReader.keywords`, and no reference, so that judging an answer takes no more steps
/// than the schema's parts times the answer's.
package struct JSONSchema: Sendable {
    /// One demand of it.
    indirect enum Rule: Sendable {
        case types([ValueType])
        case oneOfValues([JSONValue])
        case properties([ExactString: JSONSchema], others: JSONSchema?)
        case required([String])
        case items(JSONSchema)
        case itemCount(ClosedRange<Int>)
        case length(ClosedRange<Int>)
        case pattern(RegularExpression)
        case bound(Bound, Double)
        case all([JSONSchema])
        case any([JSONSchema])
        case one([JSONSchema])
        case not(JSONSchema)
        /// The schema `false`, which nothing meets.
        case nothing
    }

    /// What a value may be by `type`.
    enum ValueType: String, CaseIterable, Sendable {
        case null, boolean, integer, number, string, array, object
    }

    enum Bound: String, Sendable {
        case minimum, maximum, exclusiveMinimum, exclusiveMaximum
    }

    let rules: [Rule]
    /// The schema as JSON, in one line.
    package let text: String

    init(_ rules: [Rule], text: String) { (self.rules, self.text) = (rules, text) }

    /// That of one value alone, which `text` shows.
    init(equalTo value: JSONValue) { self.init([.oneOfValues([value])], text: JSONText.line(value)) }
}

extension JSONSchema: Equatable {
    package static func == (left: JSONSchema, right: JSONSchema) -> Bool { left.text == right.text }
}

extension JSONValue {
    /// Whether both are the same by JSON Schema: numbers by their value, objects whatever their order.
    func isEqual(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.integer, .number), (.number, .integer), (.number, .number): doubleValue == other.doubleValue
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEqual(to: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.members.allSatisfy { member in right[member.key].map(member.value.isEqual) ?? false }
        default: false
        }
    }
}

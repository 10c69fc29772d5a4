/// A JSON value as it was written (RFC 8259). Numbers keep their spelling, objects the order of their members.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One `"key": value` of an object.
    package struct Member: Equatable, Sendable {
        package let key: String
        package let value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// What kind of value it is, as a message names it.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// Text that is not JSON.
package struct JSONSyntaxError: Error, Equatable, Sendable {
    /// The character at which reading stopped, from 1.
    package let column: Int
    /// What was found and what was expected.
    package let message: String
}

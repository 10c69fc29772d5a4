/// Typed access to the members of a JSON object such as config.json: a member of the wrong kind is an error, never a
/// default.
package struct ConfigurationFields: Sendable {
    /// The document, for messages.
    package let path: String
    /// What stands before a key in errors, such as `rope_parameters.`.
    package let prefix: String
    private let object: JSONObject

    /// No members.
    package static let empty = ConfigurationFields()

    private init() {
        path = ""
        prefix = ""
        object = JSONObject([])
    }

    /// - Throws: `ModelFilesError.malformed` where `json` is no object.
    package init(path: String, json: JSONValue, prefix: String = "") throws {
        guard let object = json.objectValue else {
            throw ModelFilesError(
                .malformed, "\(path): \(prefix.isEmpty ? "the document" : prefix) is \(json.kind), not an object.")
        }
        self.path = path
        self.prefix = prefix
        self.object = object
    }

    /// The member; nil where it is absent or null.
    package func value(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    /// All members as they are.
    package var members: [JSONObject.Member] { object.members }

    /// Whether the member is there, be it null.
    package func contains(_ key: String) -> Bool { object[key] != nil }

    /// An integer within ±2⁴⁰, so that what is added to or multiplied with it cannot overflow.
    package func int(_ key: String, default fallback: Int? = nil) throws -> Int {
        let number = try field(key, fallback, expected: "an integer", \.intValue)
        guard number.magnitude <= 1 << 40 else {
            throw ModelFilesError(.malformed, "\(path): \(prefix)\(key) is \(number); no such number is that large.")
        }
        return number
    }

    /// A number that float32 can hold.
    package func float(_ key: String, default fallback: Float? = nil) throws -> Float {
        try field(key, fallback, expected: "a number that float32 can hold", \.floatValue)
    }

    package func bool(_ key: String, default fallback: Bool? = nil) throws -> Bool {
        try field(key, fallback, expected: "a boolean", \.boolValue)
    }

    package func string(_ key: String, default fallback: String? = nil) throws -> String {
        try field(key, fallback, expected: "a string", \.stringValue)
    }

    /// An object inside; nil where it is absent or null.
    package func fields(_ key: String) throws -> ConfigurationFields? {
        try value(key).map { try ConfigurationFields(path: path, json: $0, prefix: key + ".") }
    }

    /// One integer or a list of them; empty where the member is absent or null.
    package func ints(_ key: String) throws -> [Int] {
        guard let value = value(key) else { return [] }
        return try (value.arrayValue ?? [value]).map { element in
            guard let integer = element.intValue else {
                throw wrong(key, element, expected: "an integer or a list of them")
            }
            return integer
        }
    }

    /// A list of numbers; empty where the member is absent or null.
    package func floats(_ key: String) throws -> [Float] {
        guard let value = value(key) else { return [] }
        return try (value.arrayValue ?? [value]).map { element in
            guard let number = element.floatValue else {
                throw wrong(key, element, expected: "a list of numbers that float32 can hold")
            }
            return number
        }
    }

    private func field<Value>(
        _ key: String, _ fallback: Value?, expected: String, _ convert: (JSONValue) -> Value?
    ) throws -> Value {
        guard let value = value(key) else {
            if let fallback { return fallback }
            throw ModelFilesError(.malformed, "\(path): \(prefix)\(key) is absent; it must be \(expected).")
        }
        guard let converted = convert(value) else { throw wrong(key, value, expected: expected) }
        return converted
    }

    private func wrong(_ key: String, _ value: JSONValue, expected: String) -> ModelFilesError {
        ModelFilesError(.malformed, "\(path): \(prefix)\(key) is \(value.kind), not \(expected).")
    }
}

extension JSONValue {
    /// Nil for what is no number, and for one that would become infinite.
    fileprivate var floatValue: Float? { doubleValue.map { Float($0) }.flatMap { $0.isFinite ? $0 : nil } }
}

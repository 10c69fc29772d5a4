import ForeignText
import ModelFiles

extension JSONSchema {
    /// Why a value does not meet the schema, and where in it; nil where it does.
    package func failure(_ value: JSONValue) -> String? { failure(value, at: "") }

    private func failure(_ value: JSONValue, at path: String) -> String? {
        rules.lazy.compactMap { $0.failure(value, at: path) }.first
    }

    fileprivate func isMet(_ value: JSONValue) -> Bool { failure(value, at: "") == nil }
}

extension JSONSchema.Rule {
    /// A rule of strings says nothing of numbers, and so on: `type` alone tells kinds apart.
    fileprivate func failure(_ value: JSONValue, at path: String) -> String? {
        func missed(_ words: String) -> String { (path.isEmpty ? "The JSON" : path) + " " + words }
        switch (self, value) {
        case (.nothing, _): return missed("is not allowed")
        case (.types(let types), _):
            let names = types.map(\.rawValue).joined(separator: " or ")
            return types.contains { $0.holds(value) } ? nil : missed("is not of type \(names)")
        case (.oneOfValues(let values), _):
            return values.contains { $0.isEqual(to: value) } ? nil : missed("is none of the values that are allowed")
        case (.required(let names), .object(let object)):
            return names.first { object[$0] == nil }.map { missed("lacks \(ForeignText.quoted($0))") }
        case (.properties, .object(let object)): return failure(ofMembers: object, at: path)
        case (.items(let schema), .array(let values)):
            return values.enumerated().lazy.compactMap { schema.failure($1, at: "\(path)[\($0)]") }.first
        case (.itemCount(let count), .array(let values)):
            return count.contains(values.count) ? nil : missed("has \(values.count) elements")
        case (.length(let length), .string(let text)):
            let count = text.unicodeScalars.count
            return length.contains(count) ? nil : missed("has \(count) characters")
        case (.pattern(let expression), .string(let text)):
            return (try? expression.matches(text)) == true ? nil : missed("does not match /\(expression.pattern)/")
        case (.bound(let bound, let limit), _):
            guard let number = value.doubleValue else { return nil }
            return bound.holds(number, limit) ? nil : missed("is \(number), beyond `\(bound.rawValue)` \(limit)")
        default: return combinedFailure(value, at: path)
        }
    }

    private func combinedFailure(_ value: JSONValue, at path: String) -> String? {
        let place = path.isEmpty ? "The JSON" : path
        switch self {
        case .all(let schemas): return schemas.lazy.compactMap { $0.failure(value, at: path) }.first
        case .any(let schemas):
            return schemas.contains { $0.isMet(value) } ? nil : "\(place) meets none of the schemas of `anyOf`"
        case .one(let schemas):
            let met = schemas.count { $0.isMet(value) }
            return met == 1 ? nil : "\(place) meets \(met) of the schemas of `oneOf`"
        case .not(let schema): return schema.isMet(value) ? "\(place) meets the schema of `not`" : nil
        default: return nil
        }
    }

    private func failure(ofMembers object: JSONObject, at path: String) -> String? {
        guard case .properties(let own, let others) = self else { return nil }
        for member in object.members {
            let place = path + (path.isEmpty ? "" : ".") + ForeignText.shortened(member.key, to: 40)
            guard let schema = own[ExactString(member.key)] ?? others else { continue }
            if let failure = schema.failure(member.value, at: place) { return failure }
        }
        return nil
    }
}

extension JSONSchema.ValueType {
    fileprivate func holds(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.null, .null), (.boolean, .bool), (.string, .string), (.array, .array), (.object, .object),
            (.number, .number), (.number, .integer), (.integer, .integer):
            true
        // 1.0 is a whole number to JSON Schema.
        case (.integer, .number(let number)): number.rounded() == number
        default: false
        }
    }
}

extension JSONSchema.Bound {
    fileprivate func holds(_ number: Double, _ limit: Double) -> Bool {
        switch self {
        case .minimum: number >= limit
        case .maximum: number <= limit
        case .exclusiveMinimum: number > limit
        case .exclusiveMaximum: number < limit
        }
    }
}

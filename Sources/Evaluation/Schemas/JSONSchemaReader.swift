import Common
import ForeignText
import ModelFiles

/// Reads a schema; whatever of it would not be judged by is a mistake, and none is left out in silence.
package struct JSONSchemaReader {
    /// What is wrong with a schema, and where in it.
    package struct Mistake: Equatable {
        package let path: [JSONStep]
        package let problem: String
    }

    /// Keywords that are judged by.
    package static let keywords = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems", "maxItems",
        "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "allOf",
        "anyOf", "oneOf", "not",
    ]
    /// Keywords that say something to people alone.
    static let annotations = ["$schema", "$id", "$comment", "title", "description", "default", "examples"]

    package private(set) var mistakes: [Mistake] = []

    package init() {}

    /// The schema of a value; of one with mistakes some schema, which is not to be used.
    ///
    /// - Parameter path: where the value stands.
    package mutating func read(_ value: JSONValue, at path: [JSONStep]) -> JSONSchema {
        let text = JSONText.line(value)
        switch value {
        case .bool(let holds): return JSONSchema(holds ? [] : [.nothing], text: text)
        case .object(let object):
            for key in object.keys { check(key, at: path) }
            return JSONSchema(rules(object, at: path), text: text)
        default:
            note(path, "a schema is an object, true or false; \(value.kind) was found.")
            return JSONSchema([], text: text)
        }
    }

    private mutating func check(_ key: String, at path: [JSONStep]) {
        guard !Self.keywords.contains(key), !Self.annotations.contains(key) else { return }
        let hint = Suggestion.closest(to: key, among: Self.keywords).map { " Did you mean `\($0)`?" } ?? ""
        let known = Self.keywords.map { "`\($0)`" }.joined(separator: ", ")
        note(
            path + [.key(key)], "the schema's keyword \(ForeignText.quoted(key)) is not read; read are \(known).\(hint)"
        )
    }

    private mutating func rules(_ object: JSONObject, at path: [JSONStep]) -> [JSONSchema.Rule] {
        var rules: [JSONSchema.Rule] = []
        for member in object.members {
            let place = path + [.key(member.key)]
            if let rule = valueRule(member.key, member.value, place) ?? combination(member.key, member.value, place) {
                rules.append(rule)
            }
        }
        if object["properties"] != nil || object["additionalProperties"] != nil {
            rules.append(properties(object, at: path))
        }
        for (least, most, make) in [
            ("minItems", "maxItems", JSONSchema.Rule.itemCount), ("minLength", "maxLength", JSONSchema.Rule.length),
        ] where object[least] != nil || object[most] != nil {
            let low = count(object[least], path + [.key(least)]) ?? 0
            let high = count(object[most], path + [.key(most)]) ?? .max
            if low > high { note(path + [.key(least)], "`\(least)` is above `\(most)`.") }
            rules.append(make(min(low, high)...high))
        }
        return rules
    }

    /// The rule of a keyword that says something of the value itself; nil for another keyword, or a mistake.
    private mutating func valueRule(_ key: String, _ value: JSONValue, _ path: [JSONStep]) -> JSONSchema.Rule? {
        switch key {
        case "type": return types(value, path)
        case "enum":
            guard let values = value.arrayValue else { return wrong(path, "an array", value) }
            return .oneOfValues(values)
        case "const": return .oneOfValues([value])
        case "required":
            guard let names = texts(value) else { return wrong(path, "an array of strings", value) }
            return .required(names)
        case "pattern":
            guard let text = value.stringValue else { return wrong(path, "a string", value) }
            guard let expression = RegularExpression(text) else {
                note(path, "`pattern` is not a regular expression in ICU's dialect: \(ForeignText.quoted(text)).")
                return nil
            }
            return .pattern(expression)
        default:
            guard let bound = JSONSchema.Bound(rawValue: key) else { return nil }
            guard let number = value.doubleValue else { return wrong(path, "a number", value) }
            return .bound(bound, number)
        }
    }

    /// The rule of a keyword that holds schemas.
    private mutating func combination(_ key: String, _ value: JSONValue, _ path: [JSONStep]) -> JSONSchema.Rule? {
        switch key {
        case "items": return .items(read(value, at: path))
        case "not": return .not(read(value, at: path))
        case "allOf", "anyOf", "oneOf":
            guard let values = value.arrayValue, !values.isEmpty else {
                return wrong(path, "an array of schemas", value)
            }
            let schemas = values.enumerated().map { read($1, at: path + [.index($0)]) }
            return key == "allOf" ? .all(schemas) : key == "anyOf" ? .any(schemas) : .one(schemas)
        default: return nil
        }
    }

    private mutating func properties(_ object: JSONObject, at path: [JSONStep]) -> JSONSchema.Rule {
        var own: [ExactString: JSONSchema] = [:]
        if let value = object["properties"] {
            if let members = value.objectValue?.members {
                for member in members {
                    own[ExactString(member.key)] = read(
                        member.value, at: path + [.key("properties"), .key(member.key)])
                }
            } else {
                note(path + [.key("properties")], "an object is expected; \(value.kind) was found.")
            }
        }
        let others = object["additionalProperties"].map { read($0, at: path + [.key("additionalProperties")]) }
        return .properties(own, others: others)
    }

    private mutating func types(_ value: JSONValue, _ path: [JSONStep]) -> JSONSchema.Rule? {
        guard let names = value.stringValue.map({ [$0] }) ?? texts(value) else {
            return wrong(path, "a string or an array of strings", value)
        }
        let types = names.compactMap(JSONSchema.ValueType.init)
        guard types.count == names.count, !types.isEmpty else {
            let known = JSONSchema.ValueType.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            note(path, "`type` names no type; there are \(known).")
            return nil
        }
        return .types(types)
    }

    private func texts(_ value: JSONValue) -> [String]? {
        guard let values = value.arrayValue else { return nil }
        let texts = values.compactMap(\.stringValue)
        return texts.count == values.count ? texts : nil
    }

    private mutating func count(_ value: JSONValue?, _ path: [JSONStep]) -> Int? {
        guard let value else { return nil }
        guard let count = value.intValue, count >= 0 else {
            note(path, "a whole number from 0 on is expected; \(value.kind) was found.")
            return nil
        }
        return count
    }

    private mutating func wrong(_ path: [JSONStep], _ expected: String, _ found: JSONValue) -> JSONSchema.Rule? {
        note(path, "\(expected) is expected; \(found.kind) was found.")
        return nil
    }

    private mutating func note(_ path: [JSONStep], _ problem: String) {
        mistakes.append(Mistake(path: path, problem: problem))
    }
}

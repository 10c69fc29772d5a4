/// How JSON text is spelled where lorad writes it byte by byte.
package enum JSONText {
    /// A string in quotes. Escapes what RFC 8259 demands and nothing else, as the safetensors library's writer does.
    package static func quote(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar.value {
            case 0x22: text += "\\\""
            case 0x5C: text += "\\\\"
            case 0x08: text += "\\b"
            case 0x0C: text += "\\f"
            case 0x0A: text += "\\n"
            case 0x0D: text += "\\r"
            case 0x09: text += "\\t"
            case ..<0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// A list of strings as a member of an object that is indented by two.
    package static func list(_ strings: [String]) -> String {
        strings.isEmpty ? "[]" : "[\n" + strings.map { "    " + quote($0) }.joined(separator: ",\n") + "\n  ]"
    }

    /// An object as a member of one that is indented by two.
    ///
    /// - Parameter members: keys, and values as JSON.
    package static func members(_ members: [(key: String, value: String)]) -> String {
        members.isEmpty
            ? "{}" : "{\n" + members.map { "    \(quote($0.key)): \($0.value)" }.joined(separator: ",\n") + "\n  }"
    }

    /// A document as the Hugging Face libraries write theirs: indented by two, members in the order given, a line feed
    /// at the end. Numbers are spelled so that they read back the same.
    ///
    /// - Precondition: every number is finite.
    package static func document(_ value: JSONValue) -> String {
        var text = ""
        append(value, to: &text, indentation: "\n")
        return text + "\n"
    }

    /// A value in one line, members in the order given.
    ///
    /// - Precondition: every number is finite.
    package static func line(_ value: JSONValue) -> String {
        switch value {
        case .array(let values): "[\(values.map(line).joined(separator: ", "))]"
        case .object(let object):
            "{\(object.members.map { "\(quote($0.key)): \(line($0.value))" }.joined(separator: ", "))}"
        default: scalar(value)
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .number(let value):
            precondition(value.isFinite)
            return "\(value)"
        case .string(let value): return quote(value)
        case .null, .array, .object: return "null"
        }
    }

    private static func append(_ value: JSONValue, to text: inout String, indentation: String) {
        switch value {
        case .null, .bool, .integer, .number, .string: text += scalar(value)
        case .array(let values):
            list(values, "[]", to: &text, indentation) { append($0, to: &$1, indentation: $2) }
        case .object(let object):
            list(object.members, "{}", to: &text, indentation) { member, text, indentation in
                text += quote(member.key) + ": "
                append(member.value, to: &text, indentation: indentation)
            }
        }
    }

    private static func list<Element>(
        _ elements: [Element], _ brackets: String, to text: inout String, _ indentation: String,
        _ append: (Element, inout String, String) -> Void
    ) {
        guard !elements.isEmpty else { return text += brackets }
        let inner = indentation + "  "
        text += brackets.prefix(1)
        for (index, element) in elements.enumerated() {
            text += (index == 0 ? "" : ",") + inner
            append(element, &text, inner)
        }
        text += indentation + brackets.suffix(1)
    }
}

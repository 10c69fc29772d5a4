/// Reads one JSON text (RFC 8259), strictly.
///
/// Foundation's reader keeps the last of two equal keys, tells `1` from `true` only by platform, and gives no column;
/// data for training and evaluation deserves better. Bytes must be valid UTF-8. Also refused: duplicate keys, lone
/// surrogate escapes, unescaped control characters, nesting deeper than `maximumDepth`, anything after the value.
package struct JSONParser {
    /// How deep lists and objects may nest; a row has two levels.
    package static let maximumDepth = 64

    var bytes: [UInt8]
    var offset = 0
    private var depth = 0

    /// The value that `bytes` spell; throws `JSONSyntaxError`.
    package static func parse(_ bytes: [UInt8]) throws -> JSONValue {
        if let invalid = firstInvalidUTF8(bytes) {
            throw JSONParser(bytes: bytes).error("the bytes here are not valid UTF-8", at: invalid)
        }
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.offset == bytes.count else {
            throw parser.error("expected the end of the line after the value, found \(parser.found)")
        }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func value() throws -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        default: throw error("expected a JSON value, found \(found)")
        }
    }

    private mutating func nested(_ read: (inout JSONParser) throws -> JSONValue) throws -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw error("values nest deeper than \(Self.maximumDepth) levels") }
        return try read(&self)
    }

    private mutating func object() throws -> JSONValue {
        offset += 1
        var members: [JSONValue.Member] = []
        var keys: Set<String> = []
        if skip(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw error("expected a key in quotes, found \(found)") }
            let start = offset
            let key = try string()
            guard keys.insert(key).inserted else { throw error("the key \"\(key)\" stands here twice", at: start) }
            guard skip(UInt8(ascii: ":")) else { throw error("expected `:` after the key, found \(found)") }
            members.append(.init(key: key, value: try value()))
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "}")) else { throw error("expected `,` or `}` in an object, found \(found)") }
        return .object(members)
    }

    private mutating func array() throws -> JSONValue {
        offset += 1
        var values: [JSONValue] = []
        if skip(UInt8(ascii: "]")) { return .array([]) }
        repeat { values.append(try value()) } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "]")) else { throw error("expected `,` or `]` in a list, found \(found)") }
        return .array(values)
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws -> JSONValue {
        guard bytes[offset...].starts(with: word.utf8) else { throw error("expected `\(word)`, found \(found)") }
        offset += word.utf8.count
        return value
    }
}

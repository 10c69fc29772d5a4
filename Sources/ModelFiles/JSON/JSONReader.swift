import Foundation

/// A JSON reader for foreign files (RFC 8259): every byte access is bounds-checked, nesting is limited, a repeated key,
/// an unpaired surrogate or anything after the document is an error with the byte offset where it stands.
///
/// Foundation's reader keeps one of two equal keys without a word and cannot tell `1` from `1.0`.
package struct JSONReader {
    /// Deeper nesting than this is refused; no model file comes near it.
    package static let maximumDepth = 128
    /// Larger files are refused: a document takes many times its text in memory. The largest tokenizer.json has 40 MB.
    package static let maximumFileBytes = 256 << 20

    let bytes: UnsafeBufferPointer<UInt8>
    /// What messages call the end of `bytes`.
    let end: StaticString
    var position = 0
    var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, end: StaticString = "the end of the file") {
        self.bytes = bytes
        self.end = end
    }

    /// Reads one document that fills `bytes` but for white space. `name` is what errors call the source.
    /// - Throws: `ModelFilesError.malformed`, with the byte offset.
    package static func parse(_ bytes: UnsafeRawBufferPointer, name: String) throws -> JSONValue {
        do {
            return try bytes.withMemoryRebound(to: UInt8.self) { bytes in
                var reader = JSONReader(bytes)
                let value = try reader.readValue()
                try reader.expectEnd()
                return value
            }
        } catch let fault as JSONFault {
            throw ModelFilesError(
                .malformed, "\(name) is not valid JSON: at byte \(fault.offset), \(fault.problem).")
        }
    }

    /// Reads a document that is a list: its elements, each with the offset of its first byte.
    /// - Throws: `JSONFault` where it is no JSON, or no list.
    package static func parseList(_ bytes: UnsafeRawBufferPointer) throws -> [(offset: Int, value: JSONValue)] {
        try bytes.withMemoryRebound(to: UInt8.self) { bytes in
            var reader = JSONReader(bytes)
            reader.skipWhitespace()
            guard reader.current == UInt8(ascii: "[") else {
                throw reader.error("a list was expected, \(reader.found()) found", at: reader.position)
            }
            reader.position += 1
            reader.depth += 1
            var elements: [(offset: Int, value: JSONValue)] = []
            if try !reader.closes(UInt8(ascii: "]"), first: true) {
                repeat {
                    reader.skipWhitespace()
                    let offset = reader.position
                    elements.append((offset, try reader.readValue()))
                } while try !reader.closes(UInt8(ascii: "]"), first: false)
            }
            try reader.expectEnd()
            return elements
        }
    }

    /// Reads one document from a string.
    package static func parse(_ text: String, name: String) throws -> JSONValue {
        try Array(text.utf8).withUnsafeBytes { try parse($0, name: name) }
    }

    /// Reads a whole file.
    /// - Throws: `ModelFilesError.missing` where it cannot be opened, `.malformed` where it is no JSON or too large.
    package static func parse(file path: String) throws -> JSONValue {
        try RegularFile.read(path, limit: maximumFileBytes).withUnsafeBytes { try parse($0, name: path) }
    }

    func error(_ problem: String, at offset: Int) -> JSONFault { JSONFault(offset: offset, problem: problem) }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Steps over white space; throws where anything else is left.
    mutating func expectEnd() throws {
        skipWhitespace()
        guard position == bytes.count else { throw error("there is more after the end of the document", at: position) }
    }

    /// What stands here, for a message.
    func found() -> String {
        guard let byte = current else { return "\(end)" }
        guard byte > 0x20, byte < 0x7F else { return "byte 0x\(String(byte, radix: 16))" }
        return "'\(UnicodeScalar(byte))'"
    }

    mutating func readValue() throws -> JSONValue {
        skipWhitespace()
        switch current {
        case UInt8(ascii: "{"): return try nested { try $0.readObject() }
        case UInt8(ascii: "["): return try nested { try $0.readArray() }
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case .some(0x30...0x39), .some(0x2D): return try readNumber()
        default: throw error("a value was expected, \(found()) found", at: position)
        }
    }

    private mutating func nested(_ read: (inout JSONReader) throws -> JSONValue) throws -> JSONValue {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw error("values are nested deeper than \(Self.maximumDepth)", at: position)
        }
        position += 1
        skipWhitespace()
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func readWord(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let length = word.utf8CodeUnitCount
        guard bytes.count - position >= length,
            bytes[position..<position + length].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: length))
        else { throw error("\(word) was expected", at: position) }
        position += length
        return value
    }

    private mutating func readArray() throws -> JSONValue {
        var elements: [JSONValue] = []
        if try closes(UInt8(ascii: "]"), first: true) { return .array(elements) }
        repeat { elements.append(try readValue()) } while try !closes(UInt8(ascii: "]"), first: false)
        return .array(elements)
    }

    private mutating func readObject() throws -> JSONValue {
        var members: [JSONObject.Member] = []
        var offsets: [Int] = []
        if try !closes(UInt8(ascii: "}"), first: true) {
            repeat {
                skipWhitespace()
                guard current == UInt8(ascii: "\"") else {
                    throw error("a key in quotes was expected, \(found()) found", at: position)
                }
                offsets.append(position)
                let key = try readString()
                skipWhitespace()
                guard current == UInt8(ascii: ":") else {
                    throw error("a colon was expected after the key, \(found()) found", at: position)
                }
                position += 1
                members.append((key, try readValue()))
            } while try !closes(UInt8(ascii: "}"), first: false)
        }
        var repeated: Int?
        if let object = JSONObject.build(members, repeated: &repeated) { return .object(object) }
        let index = repeated ?? 0
        throw error("the key \(quoted(members[index].key)) stands a second time", at: offsets[index])
    }

    /// Consumes the closing bracket (true) or the comma before the next element (false).
    mutating func closes(_ bracket: UInt8, first: Bool) throws -> Bool {
        skipWhitespace()
        if current == bracket {
            position += 1
            return true
        }
        if first { return false }
        guard current == UInt8(ascii: ",") else {
            throw error("',' or '\(UnicodeScalar(bracket))' was expected, \(found()) found", at: position)
        }
        position += 1
        return false
    }
}

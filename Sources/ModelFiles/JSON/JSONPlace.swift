/// A step into a JSON document: to an object's member, or to a list's element.
package enum JSONStep: Hashable, Sendable {
    case key(String)
    case index(Int)
}

extension JSONReader {
    /// Where the key of a member, or an element, begins that a path leads to, in bytes; nil where it leads to nothing.
    package static func offset(of path: [JSONStep], in bytes: UnsafeRawBufferPointer) -> Int? {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            var reader = JSONReader(bytes)
            var offset: Int?
            for step in path {
                guard let place = try? reader.enter(step) else { return nil }
                offset = place
            }
            return offset
        }
    }

    /// Goes to a part of the value that stands here, and stays before its value.
    ///
    /// - Returns: where its key, or its value, begins; nil where there is no such part.
    /// - Throws: `JSONFault` where what comes before it is no JSON.
    private mutating func enter(_ step: JSONStep) throws -> Int? {
        skipWhitespace()
        let bracket = current
        guard bracket == UInt8(ascii: "{") || bracket == UInt8(ascii: "[") else { return nil }
        let close = bracket == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
        position += 1
        var (first, index) = (true, 0)
        while try !closes(close, first: first) {
            skipWhitespace()
            let offset = position
            var key: String?
            if bracket == UInt8(ascii: "{") {
                key = try readString()
                skipWhitespace()
                guard current == UInt8(ascii: ":") else { return nil }
                position += 1
            }
            switch step {
            case .key(let name) where key.map { ExactString($0) == ExactString(name) } == true: return offset
            case .index(index) where key == nil: return offset
            default: _ = try readValue()
            }
            (first, index) = (false, index + 1)
        }
        return nil
    }
}

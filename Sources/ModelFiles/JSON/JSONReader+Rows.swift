extension JSONReader {
    /// Reads one object that fills `bytes` but for white space. What brackets, quotes, commas and colons say must be
    /// right, so that every member is found; what stands between them must be JSON only where it is asked for.
    ///
    /// - Throws: `JSONFault` where the members cannot be told apart, and where `bytes` hold no object.
    package static func parseRow(_ bytes: UnsafeRawBufferPointer) throws -> JSONRow {
        try bytes.withMemoryRebound(to: UInt8.self) { bytes in
            var reader = JSONReader(bytes, end: "the end of the line")
            reader.skipWhitespace()
            guard reader.current == UInt8(ascii: "{") else {
                let start = reader.position
                let value = try reader.readValue()
                throw reader.error("\(value.kind) was found, an object was expected", at: start)
            }
            let row = try reader.readRow()
            try reader.expectEnd()
            return row
        }
    }

    /// `position` stands on the opening brace.
    private mutating func readRow() throws -> JSONRow {
        var members: [JSONObject.Member] = []
        var offsets: [Int] = []
        var faults: [(key: String, fault: JSONFault)] = []
        position += 1
        if try !closes(UInt8(ascii: "}"), first: true) {
            repeat {
                skipWhitespace()
                guard current == UInt8(ascii: "\"") else {
                    throw error("a key in quotes was expected, \(found()) found", at: position)
                }
                let offset = position
                let key = try readKey()
                skipWhitespace()
                guard current == UInt8(ascii: ":") else {
                    throw error("a colon was expected after the key, \(found()) found", at: position)
                }
                position += 1
                switch (key, try readMember()) {
                case (let key?, .success(let value)):
                    members.append((key, value))
                    offsets.append(offset)
                case (let key?, .failure(let fault)): faults.append((key, fault))
                // Nobody can ask for a key that is no text.
                case (nil, _): break
                }
            } while try !closes(UInt8(ascii: "}"), first: false)
        }
        return JSONRow(members, offsets: offsets, faults: faults)
    }

    /// A key, or nil where it is no text but its end is plain.
    private mutating func readKey() throws -> String? {
        let start = position
        do { return try readString() } catch {
            position = start
            try skipString()
            return nil
        }
    }

    /// A member's value, or what is wrong with it, in which case it is stepped over.
    /// - Throws: where its end cannot be told.
    private mutating func readMember() throws -> Result<JSONValue, JSONFault> {
        skipWhitespace()
        let start = position
        let fault: JSONFault
        do {
            let value = try readValue()
            skipWhitespace()
            if current == UInt8(ascii: ",") || current == UInt8(ascii: "}") { return .success(value) }
            fault = error("',' or '}' was expected, \(found()) found", at: position)
        } catch let found as JSONFault { fault = found }
        position = start
        // A value that was left in its middle leaves its depth behind.
        depth = 0
        do { try skipValue() } catch is JSONFault { throw fault }
        return .failure(fault)
    }

    /// Steps over a value by its brackets and quotes alone. Takes no stack of calls, however deep it is nested.
    private mutating func skipValue() throws {
        var open: [UInt8] = []
        repeat {
            skipWhitespace()
            switch current {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"):
                open.append(UInt8(ascii: "}"))
                position += 1
            case UInt8(ascii: "["):
                open.append(UInt8(ascii: "]"))
                position += 1
            case let byte? where byte == open.last:
                open.removeLast()
                position += 1
            case let byte? where !open.isEmpty && (byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":")):
                position += 1
            default: try skipWord()
            }
        } while !open.isEmpty
    }

    /// Steps over a string to its closing quote, whatever it holds.
    private mutating func skipString() throws {
        let start = position
        position += 1
        while current != UInt8(ascii: "\"") {
            guard current != nil else { throw error("the string that starts here never ends", at: start) }
            position += current == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
    }

    /// Steps over a number or a word such as `NaN`, `-Infinity` or `None`.
    private mutating func skipWord() throws {
        let start = position
        while let byte = current, Self.isOfWord(byte) { position += 1 }
        guard position > start else { throw error("a value was expected, \(found()) found", at: position) }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Takes one record after the other out of a table.
struct DelimitedReader {
    struct Record {
        /// The line that it begins on, from 1.
        let line: Int
        let fields: [String]
    }

    private let bytes: UnsafeRawBufferPointer
    private let separator: UInt8
    /// Where the next record begins, in bytes and lines.
    private(set) var position = 0
    private(set) var line: Int
    /// The same of the record that is being read, or was read last.
    private(set) var start: (position: Int, line: Int)

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// - Parameter line: that the bytes begin on.
    init(_ bytes: UnsafeRawBufferPointer, separator: UInt8, line: Int = 1) {
        (self.bytes, self.separator, self.line) = (bytes, separator, line)
        start = (0, line)
    }

    /// The next record that is no blank line; nil at the end.
    ///
    /// - Throws: what is wrong with its quotes, its line ends, its length or its text; there is no going on after that.
    mutating func next() throws(RowComplaint) -> Record? {
        while position < bytes.count {
            start = (position, line)
            var fields: [String] = []
            var isBlank = false
            repeat {
                let begin = position
                fields.append(try field())
                isBlank = fields.count == 1 && position == begin
            } while try takeSeparator()
            takeLineEnd()
            if !isBlank { return Record(line: start.line, fields: fields) }
        }
        return nil
    }

    /// Goes on by a byte of the record. A quote that is never closed ends here too, before all of the file is taken.
    private mutating func advance() throws(RowComplaint) {
        position += 1
        guard position - start.position <= JSONLines.longestLine else {
            throw RowComplaint(
                line: start.line,
                text: "the row is longer than \(JSONLines.longestLine) bytes; a quote in it may never be closed.")
        }
    }

    private mutating func takeSeparator() throws(RowComplaint) -> Bool {
        guard position < bytes.count, bytes[position] == separator else { return false }
        try advance()
        return true
    }

    /// Whether a line ends here, or everything.
    private var isAtLineEnd: Bool {
        position == bytes.count || bytes[position] == Self.newline
            || bytes[position] == Self.carriageReturn && position + 1 < bytes.count
                && bytes[position + 1] == Self.newline
    }

    private mutating func takeLineEnd() {
        guard position < bytes.count else { return }
        position += bytes[position] == Self.newline ? 1 : 2
        line += 1
    }

    private mutating func field() throws(RowComplaint) -> String {
        guard position < bytes.count, bytes[position] == Self.quote else { return try plainField() }
        return try quotedField()
    }

    /// Up to the separator or the line's end. A quote inside stands for itself.
    private mutating func plainField() throws(RowComplaint) -> String {
        let start = position
        while !isAtLineEnd, bytes[position] != separator {
            guard bytes[position] != Self.carriageReturn || position + 1 == bytes.count else {
                throw RowComplaint(
                    line: line, text: "a carriage return stands alone; lines end in a line feed.",
                    advice: .carriageReturns)
            }
            try advance()
        }
        var end = position
        // The last line of a file may have lost its line feed.
        if position == bytes.count, end > start, bytes[end - 1] == Self.carriageReturn { end -= 1 }
        return try text(Array(bytes[start..<end]))
    }

    /// From the quote on, which is doubled inside; line ends inside are text.
    private mutating func quotedField() throws(RowComplaint) -> String {
        let opening = line
        var content: [UInt8] = []
        try advance()
        while true {
            guard position < bytes.count else {
                throw RowComplaint(line: opening, text: "a quote that opens here is never closed.")
            }
            let byte = bytes[position]
            try advance()
            if byte == Self.quote {
                guard position < bytes.count, bytes[position] == Self.quote else { break }
                try advance()
            } else if byte == Self.newline {
                line += 1
            }
            content.append(byte)
        }
        if position + 1 == bytes.count, bytes[position] == Self.carriageReturn { position += 1 }
        guard isAtLineEnd || bytes[position] == separator else {
            throw RowComplaint(
                line: line, text: "there is text after a closing quote; a quote inside of quotes is written twice.")
        }
        return try text(content)
    }

    private func text(_ content: [UInt8]) throws(RowComplaint) -> String {
        if let text = String(validating: content, as: UTF8.self) { return text }
        throw RowComplaint(line: line, text: "the row is no UTF-8.")
    }
}

/// What Python's `str` does, over code points.
enum PythonText {
    typealias Scalars = ArraySlice<Unicode.Scalar>

    /// `repr` of a string.
    static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar =
            text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
        var output = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote: output += "\\" + String(quote)
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            default: output += scalar.escaped(asASCII: false)
            }
        }
        return output + String(quote)
    }

    /// What `ascii` makes of what `repr` wrote.
    static func ascii(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII { output.unicodeScalars.append(scalar) } else { output += scalar.escaped(asASCII: true) }
        }
        return output
    }

    /// Python's `chr`.
    /// - Throws: for what is no code point; `unsupported` for half of a pair of surrogates.
    static func character(_ number: Int) throws -> String {
        guard (0...0x10FFFF).contains(number) else { throw JinjaError.runtime("%c arg not in range(0x110000)") }
        guard let scalar = Unicode.Scalar(UInt32(number)) else {
            throw JinjaError.unsupported("half a character (a surrogate) is not supported")
        }
        return String(scalar)
    }

    /// `str.isidentifier`
    static func isIdentifier(_ scalars: some Collection<Unicode.Scalar>) -> Bool {
        guard let first = scalars.first, first == "_" || first.properties.isXIDStart else { return false }
        return scalars.allSatisfy(\.properties.isXIDContinue)
    }

    // MARK: Searching

    static func find(_ part: [Unicode.Scalar], in text: [Unicode.Scalar], _ range: Range<Int>? = nil) -> Int? {
        TextSearch(part).first(in: text, range ?? 0..<text.count)
    }

    /// Where `part` begins for the last time.
    static func findLast(_ part: [Unicode.Scalar], in text: [Unicode.Scalar], _ range: Range<Int>? = nil) -> Int? {
        let turned = Array(text[range ?? 0..<text.count].reversed())
        guard let found = find(part.reversed(), in: turned) else { return nil }
        return (range?.lowerBound ?? 0) + turned.count - found - part.count
    }

    /// Times that `part` stands in `text` without overlap.
    static func count(_ part: [Unicode.Scalar], in text: [Unicode.Scalar], _ range: Range<Int>) -> Int {
        part.isEmpty ? range.count + 1 : TextSearch(part).places(in: text, range).count
    }

    // MARK: Stripping

    enum Side { case left, right, both }

    /// - Parameter characters: what goes; nil for white space.
    static func stripped(_ text: [Unicode.Scalar], of characters: String?, _ side: Side = .both) -> [Unicode.Scalar] {
        let set = characters.map { Set($0.unicodeScalars) }
        func goes(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? scalar.isPythonSpace }
        var (start, end) = (0, text.count)
        if side != .right { while start < end, goes(text[start]) { start += 1 } }
        if side != .left { while end > start, goes(text[end - 1]) { end -= 1 } }
        return Array(text[start..<end])
    }

    // MARK: Splitting

    /// `split`, or with `fromEnd` `rsplit`, by white space; `limit` is negative for none.
    static func split(_ text: [Unicode.Scalar], limit: Int, fromEnd: Bool) -> [Scalars] {
        let source = fromEnd ? text.reversed() : text
        var parts: [Range<Int>] = []
        var index = 0
        while true {
            while index < source.count, source[index].isPythonSpace { index += 1 }
            guard index < source.count else { break }
            if limit >= 0, parts.count == limit {
                // The rest as it stands, white space at its far end included.
                parts.append(index..<source.count)
                break
            }
            let start = index
            while index < source.count, !source[index].isPythonSpace { index += 1 }
            parts.append(start..<index)
        }
        guard fromEnd else { return parts.map { text[$0] } }
        return parts.reversed().map { text[(text.count - $0.upperBound)..<(text.count - $0.lowerBound)] }
    }

    /// `split`, or with `fromEnd` `rsplit`, by a separator; `limit` is negative for none.
    /// - Precondition: `separator` is not empty.
    static func split(_ text: [Unicode.Scalar], by separator: [Unicode.Scalar], limit: Int, fromEnd: Bool) -> [Scalars]
    {
        let whole = 0..<text.count
        guard fromEnd else {
            return cut(text, at: TextSearch(separator).places(in: text, whole, limit: limit), separator.count)
        }
        let places = TextSearch(separator.reversed()).places(in: text.reversed(), whole, limit: limit)
        return cut(text, at: places.reversed().map { text.count - $0 - separator.count }, separator.count)
    }

    private static func cut(_ text: [Unicode.Scalar], at places: [Int], _ length: Int) -> [Scalars] {
        var parts: [Scalars] = []
        var start = 0
        for place in places {
            parts.append(text[start..<place])
            start = place + length
        }
        return parts + [text[start...]]
    }

    static func lines(_ text: [Unicode.Scalar], keepingEnds: Bool = false) -> [Scalars] {
        var lines: [Scalars] = []
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, !text[end].isLineBreak { end += 1 }
            var next = min(end + 1, text.count)
            if end + 1 < text.count, text[end] == "\r", text[end + 1] == "\n" { next += 1 }
            lines.append(text[start..<(keepingEnds ? next : end)])
            start = next
        }
        return lines
    }

    // MARK: Replacing

    /// - Parameter limit: how often at most; negative for always.
    static func replace(
        _ old: String, by new: String, in text: [Unicode.Scalar], limit: Int, _ budget: JinjaBudget
    ) throws -> String {
        let part = try budget.checked(old).scalars
        var places = TextSearch(part).places(in: text, 0..<text.count, limit: limit)
        if part.isEmpty { places = Array((0...text.count).prefix(limit < 0 ? .max : limit)) }
        var (output, start) = ("", 0)
        for place in places {
            try budget.append(String(scalars: text[start..<place]), to: &output)
            try budget.append(new, to: &output)
            start = place + part.count
        }
        try budget.append(String(scalars: text[start...]), to: &output)
        return output
    }
}

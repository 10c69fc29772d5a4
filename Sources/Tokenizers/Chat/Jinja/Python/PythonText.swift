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

    /// `str.isidentifier`
    static func isIdentifier(_ scalars: some Collection<Unicode.Scalar>) -> Bool {
        guard let first = scalars.first, first == "_" || first.properties.isXIDStart else { return false }
        return scalars.allSatisfy(\.properties.isXIDContinue)
    }

    // MARK: Searching

    /// Where `part` begins for the first time, from `start` on.
    static func find(_ part: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int = 0, to end: Int? = nil) -> Int? {
        let end = end ?? text.count
        guard start <= end, part.count <= end - start else { return nil }
        guard let first = part.first else { return start }
        var index = start
        while index <= end - part.count {
            if text[index] == first, matches(part, text, at: index) { return index }
            index += 1
        }
        return nil
    }

    static func findLast(_ part: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int = 0, to end: Int? = nil)
        -> Int?
    {
        let end = end ?? text.count
        guard start <= end, part.count <= end - start else { return nil }
        return stride(from: end - part.count, through: start, by: -1).first { matches(part, text, at: $0) }
    }

    private static func matches(_ part: [Unicode.Scalar], _ text: [Unicode.Scalar], at index: Int) -> Bool {
        for offset in part.indices where text[index + offset] != part[offset] { return false }
        return true
    }

    /// Times that `part` stands in `text` without overlap.
    static func count(_ part: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int, to end: Int) -> Int {
        guard start <= end else { return 0 }
        guard !part.isEmpty else { return end - start + 1 }
        var (count, index) = (0, start)
        while let found = find(part, in: text, from: index, to: end) {
            count += 1
            index = found + part.count
        }
        return count
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
                var end = source.count
                while end > index, source[end - 1].isPythonSpace { end -= 1 }
                parts.append(index..<end)
                break
            }
            let start = index
            while index < source.count, !source[index].isPythonSpace { index += 1 }
            parts.append(start..<index)
        }
        guard fromEnd else { return parts.map { text[$0] } }
        return parts.reversed().map { text[(text.count - $0.upperBound)..<(text.count - $0.lowerBound)] }
    }

    /// - Precondition: `separator` is not empty.
    static func split(_ text: [Unicode.Scalar], by separator: [Unicode.Scalar], limit: Int) -> [Scalars] {
        var parts: [Scalars] = []
        var start = 0
        while limit < 0 || parts.count < limit, let found = find(separator, in: text, from: start) {
            parts.append(text[start..<found])
            start = found + separator.count
        }
        return parts + [text[start...]]
    }

    /// - Precondition: `separator` is not empty.
    static func splitFromEnd(_ text: [Unicode.Scalar], by separator: [Unicode.Scalar], limit: Int) -> [Scalars] {
        var parts: [Scalars] = []
        var end = text.count
        while limit < 0 || parts.count < limit, let found = findLast(separator, in: text, to: end) {
            parts.append(text[(found + separator.count)..<end])
            end = found
        }
        return (parts + [text[..<end]]).reversed()
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
        _ old: [Unicode.Scalar], by new: [Unicode.Scalar], in text: [Unicode.Scalar], limit: Int,
        _ evaluator: JinjaEvaluator
    ) throws -> String {
        var output = String.UnicodeScalarView()
        var (start, done) = (0, 0)
        if old.isEmpty {
            for index in 0...text.count {
                if limit < 0 || done < limit {
                    output.append(contentsOf: new)
                    done += 1
                    try evaluator.charge(bytes: new.count)
                }
                if index < text.count { output.append(text[index]) }
            }
            return String(output)
        }
        while limit < 0 || done < limit, let found = find(old, in: text, from: start) {
            output.append(contentsOf: text[start..<found])
            output.append(contentsOf: new)
            start = found + old.count
            done += 1
            try evaluator.charge(bytes: new.count)
        }
        output.append(contentsOf: text[start...])
        return String(output)
    }
}

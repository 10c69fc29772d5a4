/// Cuts a template into tokens, and takes the white space around tags that Jinja takes: with `-` all of it, by
/// `lstrip_blocks` what stands before a tag on its line, by `trim_blocks` the line feed after one.
struct JinjaLexer {
    let source: [Unicode.Scalar]
    var position = 0
    private var lineStarts: [Int] = [0]
    private var found: [JinjaToken] = []
    /// Whether what was read last ended with a line feed, so that white space before a tag starts a line.
    private var startsLine = true
    /// Brackets that are open in the tag at hand: inside of them `}}` is two braces.
    var closings: [Unicode.Scalar] = []

    init(_ text: String) {
        var source: [Unicode.Scalar] = []
        source.reserveCapacity(text.utf8.count)
        var before: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == "\r" { source.append("\n") } else if scalar != "\n" || before != "\r" { source.append(scalar) }
            before = scalar
        }
        if source.last == "\n" { source.removeLast() }
        for (index, scalar) in source.enumerated() where scalar == "\n" { lineStarts.append(index + 1) }
        self.source = source
    }

    mutating func tokens() throws -> [JinjaToken] {
        while position < source.count { try readText() }
        append(.end, at: source.count)
        return found
    }

    mutating func append(_ kind: JinjaToken.Kind, at offset: Int) {
        found.append(JinjaToken(kind: kind, position: place(offset)))
    }

    func place(_ offset: Int) -> JinjaPosition {
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return JinjaPosition(line: low + 1, column: offset - lineStarts[low] + 1)
    }

    func syntax(_ message: String, at offset: Int) -> JinjaError { JinjaError(.syntax, message, at: place(offset)) }

    func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < source.count ? source[position + distance] : nil
    }

    func stands(_ text: String, at offset: Int) -> Bool {
        var index = offset
        for scalar in text.unicodeScalars {
            guard index < source.count, source[index] == scalar else { return false }
            index += 1
        }
        return true
    }

    func skippingSpace(from offset: Int) -> Int {
        var index = offset
        while index < source.count, source[index].isPythonSpace { index += 1 }
        return index
    }

    // MARK: Text and what opens a tag

    private mutating func readText() throws {
        let start = position
        var end = start
        while end < source.count, !isOpening(end) { end += 1 }
        guard end < source.count else {
            appendText(start..<end)
            return position = end
        }
        let opening = source[end + 1]
        let mark = end + 2 < source.count ? source[end + 2] : nil
        let isMarked = mark == "-" || mark == "+"
        var kept = end
        if mark == "-" {
            while kept > start, source[kept - 1].isPythonSpace { kept -= 1 }
        } else if mark != "+", opening != "{" {
            kept = withoutIndentation(start..<end)
        }
        appendText(start..<kept)
        position = end + 2 + (isMarked ? 1 : 0)
        startsLine = false
        switch opening {
        case "#": try skipComment(from: end)
        case "%":
            if try readRaw(from: end) { return }
            append(.tagBegin, at: end)
            try readTag(closing: "%}", from: end)
        default:
            append(.outputBegin, at: end)
            try readTag(closing: "}}", from: end)
        }
    }

    private func isOpening(_ index: Int) -> Bool {
        guard source[index] == "{", index + 1 < source.count else { return false }
        return source[index + 1] == "{" || source[index + 1] == "%" || source[index + 1] == "#"
    }

    /// Where the text ends without the white space between the last line feed and a tag.
    private func withoutIndentation(_ text: Range<Int>) -> Int {
        var index = text.upperBound
        while index > text.lowerBound, source[index - 1] != "\n" {
            guard source[index - 1].isPythonSpace else { return text.upperBound }
            index -= 1
        }
        return index > text.lowerBound || startsLine ? index : text.upperBound
    }

    private mutating func appendText(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        append(.text(String(scalars: source[range])), at: range.lowerBound)
    }

    // MARK: What closes a tag

    /// Steps over a tag's end if it stands here: `-%}` with all white space after it, `+%}`, or `%}` with a line feed.
    private mutating func takeEnd(_ closing: String) -> Bool {
        let trimsLine = closing != "}}"
        if stands("-" + closing, at: position) {
            let end = skippingSpace(from: position + 3)
            startsLine = end > position + 3 && source[end - 1] == "\n"
            position = end
        } else if trimsLine, stands("+" + closing, at: position) {
            position += 3
            startsLine = false
        } else if stands(closing, at: position) {
            position += 2
            startsLine = trimsLine && peek() == "\n"
            if startsLine { position += 1 }
        } else {
            return false
        }
        return true
    }

    private mutating func skipComment(from start: Int) throws {
        // jinja2 does not mind one that opens at the very end.
        if position == source.count { return }
        while position < source.count {
            if takeEnd("#}") { return }
            position += 1
        }
        throw syntax("the comment that starts here does not end", at: start)
    }

    /// `{% raw %}` up to `{% endraw %}`; false where another tag stands.
    private mutating func readRaw(from start: Int) throws -> Bool {
        var index = skippingSpace(from: position)
        guard stands("raw", at: index) else { return false }
        index = skippingSpace(from: index + 3)
        if stands("-%}", at: index) {
            index = skippingSpace(from: index + 3)
        } else if stands("%}", at: index) {
            index += 2
        } else {
            return false
        }
        startsLine = index > 0 && source[index - 1] == "\n"
        let contents = index
        if contents == source.count {
            position = contents
            return true
        }
        while index < source.count {
            if stands("{%", at: index), let end = endOfRaw(index, contents: contents) {
                appendText(contents..<end)
                return true
            }
            index += 1
        }
        throw syntax("the raw block that starts here does not end", at: start)
    }

    /// Steps over `{% endraw %}` if it stands at `index`; where the text before it ends.
    private mutating func endOfRaw(_ index: Int, contents: Int) -> Int? {
        let mark = index + 2 < source.count ? source[index + 2] : nil
        let name = skippingSpace(from: index + (mark == "-" || mark == "+" ? 3 : 2))
        guard stands("endraw", at: name) else { return nil }
        var end = index
        if mark == "-" {
            while end > contents, source[end - 1].isPythonSpace { end -= 1 }
        } else if mark != "+" {
            end = withoutIndentation(contents..<index)
        }
        let before = position
        position = skippingSpace(from: name + 6)
        guard takeEnd("%}") else {
            position = before
            return nil
        }
        return end
    }

    private mutating func readTag(closing: String, from start: Int) throws {
        closings = []
        while position < source.count {
            if closings.isEmpty {
                let offset = position
                if takeEnd(closing) { return append(closing == "%}" ? .tagEnd : .outputEnd, at: offset) }
            }
            try readLexeme()
        }
        throw syntax("the tag that starts here does not end", at: start)
    }
}

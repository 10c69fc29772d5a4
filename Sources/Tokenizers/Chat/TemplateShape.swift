import Foundation

/// A chat template as Jinja reads it: what it writes as it stands, and its tags with their words and literals. Two
/// templates of one shape write the same text, whatever white space stands inside their tags or is trimmed around them.
///
/// Trimmed as transformers has it: `trim_blocks` and `lstrip_blocks`.
/// https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control
struct TemplateShape: Equatable {
    enum Piece: Equatable {
        case text(String)
        /// `{{ … }}`
        case output([Lexeme])
        /// `{% … %}`
        case statement([Lexeme])
    }

    enum Lexeme: Equatable {
        /// A name, a number or an operator.
        case word(String)
        /// What stands in quotes, with its escapes resolved.
        case literal(String)
    }

    let pieces: [Piece]

    /// - Returns: nil where a tag or a literal does not end, or holds an escape that is not looked into.
    init?(_ source: String) {
        var reader = Reader(source)
        guard let pieces = reader.pieces() else { return nil }
        self.pieces = pieces
    }
}

/// Cuts a template into its pieces.
private struct Reader {
    private var rest: Substring.UnicodeScalarView
    /// How the tag before the text at hand ended.
    private var trimsAll = false
    private var startsLine = true

    init(_ source: String) {
        var text = source.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\r", with: "\n")
        if text.hasSuffix("\n") { text.removeLast() }
        rest = Substring(text).unicodeScalars
    }

    mutating func pieces() -> [TemplateShape.Piece]? {
        var pieces: [TemplateShape.Piece] = []
        while !rest.isEmpty {
            let text = takeText()
            let opening = rest.first == nil ? nil : String(rest.prefix(2))
            let shown = trimmed(text, before: opening)
            if !shown.isEmpty { pieces.append(.text(shown)) }
            guard let opening else { break }
            rest.removeFirst(2)
            if let first = rest.first, first == "-" || first == "+" { rest.removeFirst() }
            if opening == "{#" {
                guard skipComment() else { return nil }
            } else {
                guard let lexemes = lexemes(until: opening == "{{" ? "}}" : "%}") else { return nil }
                pieces.append(opening == "{{" ? .output(lexemes) : .statement(lexemes))
            }
        }
        return pieces
    }

    /// Up to the next tag.
    private mutating func takeText() -> String {
        var end = rest.startIndex
        while end < rest.endIndex {
            let next = rest.index(after: end)
            if rest[end] == "{", next < rest.endIndex, ["{", "%", "#"].contains(rest[next]) { break }
            end = next
        }
        defer { rest = rest[end...] }
        return String(rest[..<end])
    }

    /// The text without what the tags around it trim.
    private func trimmed(_ text: String, before opening: String?) -> String {
        var scalars = Substring(text).unicodeScalars
        if trimsAll { scalars = scalars.drop { $0.properties.isWhitespace } }
        guard opening != nil else { return String(scalars) }
        let mark = rest.dropFirst(2).first
        if mark == "-" {
            while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        } else if opening != "{{", mark != "+" {
            let lineStart = scalars.lastIndex(of: "\n").map { scalars.index(after: $0) }
            if let start = lineStart ?? (startsLine && !trimsAll ? scalars.startIndex : nil),
                scalars[start...].allSatisfy({ $0.properties.isWhitespace })
            {
                scalars = scalars[..<start]
            }
        }
        return String(scalars)
    }

    /// The end of a tag, which may trim what follows: all white space, or after a statement one line feed.
    private mutating func endTag(mark: Unicode.Scalar?, trimsLine: Bool) {
        trimsAll = mark == "-"
        startsLine = false
        if trimsLine, !trimsAll, mark != "+", rest.first == "\n" {
            rest.removeFirst()
            startsLine = true
        }
    }

    private mutating func skipComment() -> Bool {
        var before: Unicode.Scalar?
        while let first = rest.popFirst() {
            if first == "#", rest.first == "}" {
                rest.removeFirst()
                endTag(mark: before == "-" || before == "+" ? before : nil, trimsLine: true)
                return true
            }
            before = first
        }
        return false
    }

    private mutating func lexemes(until closing: String) -> [TemplateShape.Lexeme]? {
        var lexemes: [TemplateShape.Lexeme] = []
        while let first = rest.first {
            if first == "-" || first == "+", rest.dropFirst().starts(with: closing.unicodeScalars) {
                rest.removeFirst(3)
                endTag(mark: first, trimsLine: closing == "%}")
                return lexemes
            }
            if rest.starts(with: closing.unicodeScalars) {
                rest.removeFirst(2)
                endTag(mark: nil, trimsLine: closing == "%}")
                return lexemes
            }
            if first.properties.isWhitespace {
                rest.removeFirst()
            } else if first == "'" || first == "\"" {
                guard let literal = literal() else { return nil }
                lexemes.append(.literal(literal))
            } else {
                lexemes.append(.word(word()))
            }
        }
        return nil
    }

    private mutating func word() -> String {
        func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar)
        }
        let name = rest.prefix(while: isNamePart)
        let isPair = ["==", "!=", "<=", ">=", "//", "**"].contains(String(rest.prefix(2)))
        let word = name.isEmpty ? rest.prefix(isPair ? 2 : 1) : name
        rest.removeFirst(word.count)
        return String(word)
    }

    private mutating func literal() -> String? {
        let quote = rest.removeFirst()
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == quote { return String(text) }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            case let same? where ["\\", "'", "\""].contains(same): text.append(same)
            default: return nil
            }
        }
        return nil
    }
}

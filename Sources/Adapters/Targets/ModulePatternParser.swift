/// Reads a regular expression into the parts that `ModulePattern` matches.
struct ModulePatternParser {
    private(set) var nodes: [ModulePattern.Node] = []
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    /// Long enough for an expression that lists every layer of a large model.
    private static let longest = 1 << 14
    private static let deepest = 64
    /// Of a counted repetition.
    private static let mostTimes = 1000

    init(_ text: String) throws {
        self.text = text
        scalars = Array(text.unicodeScalars)
        guard scalars.count <= Self.longest else {
            throw AdaptersError(
                .unsupported, "A regular expression of \(scalars.count) characters is longer than \(Self.longest).")
        }
    }

    /// - Returns: the whole expression's place in `nodes`.
    /// - Throws: `AdaptersError.unsupported`.
    mutating func parse() throws -> Int {
        let root = try alternatives()
        guard position == scalars.count else { throw failure("has a ')' too many") }
        return root
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        let wanted = Array(word.unicodeScalars)
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func add(_ node: ModulePattern.Node) -> Int {
        nodes.append(node)
        return nodes.count - 1
    }

    private mutating func alternatives() throws -> Int {
        var parts = [try sequence()]
        while take("|" as Unicode.Scalar) { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : add(.alternatives(parts))
    }

    private mutating func sequence() throws -> Int {
        var parts: [Int] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repeated(try atom())) }
        return parts.count == 1 ? parts[0] : add(.sequence(parts))
    }

    private mutating func atom() throws -> Int {
        guard let scalar = next else { throw failure("ends too early") }
        position += 1
        switch scalar {
        case ".": return add(.scalar(.anyButNewline))
        case "^": return add(.start)
        case "$": return add(.end)
        case "(": return try group()
        case "[": return add(.scalar(try set()))
        case "\\": return try escape()
        case "*", "+", "?": throw failure("repeats nothing")
        default: return add(.scalar(ScalarSet(scalar)))
        }
    }

    private mutating func group() throws -> Int {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw failure("has groups in more than \(Self.deepest) others") }
        var isWanted: Bool?
        if take("?=") {
            isWanted = true
        } else if take("?!") {
            isWanted = false
        } else if take("?P<") {
            while let scalar = next, scalar != ">" {
                guard ScalarSet.word.contains(scalar) else { throw failure("names a group otherwise than by a word") }
                position += 1
            }
            guard take(">" as Unicode.Scalar) else { throw failure("ends too early") }
        } else if !take("?:"), next == "?" {
            throw failure("has a group of a kind that lorad does not match")
        }
        let inner = try alternatives()
        guard take(")" as Unicode.Scalar) else { throw failure("lacks a ')'") }
        return isWanted.map { add(.ahead(inner, isWanted: $0)) } ?? inner
    }

    private mutating func escape() throws -> Int {
        guard let scalar = next else { throw failure("ends in a backslash") }
        switch scalar {
        case "b", "B":
            position += 1
            return add(.boundary(isOne: scalar == "b"))
        case "A":
            position += 1
            return add(.start)
        case "Z":
            position += 1
            return add(.end)
        default: return add(.scalar(try escapedSet()))
        }
    }

    /// The class after a backslash: of many characters, or of one.
    private mutating func escapedSet() throws -> ScalarSet {
        guard let scalar = next else { throw failure("ends in a backslash") }
        position += 1
        switch scalar {
        case "d": return .digit
        case "D": return ScalarSet.digit.negated
        case "w": return .word
        case "W": return ScalarSet.word.negated
        case "s": return .space
        case "S": return ScalarSet.space.negated
        case "n": return ScalarSet("\n")
        case "r": return ScalarSet("\r")
        case "t": return ScalarSet("\t")
        default:
            guard !ScalarSet.word.contains(scalar) || scalar == "_" else {
                throw failure("has '\\\(scalar)', which lorad does not match")
            }
            return ScalarSet(scalar)
        }
    }

    private mutating func set() throws -> ScalarSet {
        let isNegated = take("^" as Unicode.Scalar)
        var result = ScalarSet(ranges: [])
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            let low = try member()
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                result = result.union(low)
                continue
            }
            position += 1
            let high = try member()
            guard let from = low.single, let through = high.single, from <= through else {
                throw failure("has a range of characters that is none")
            }
            result = result.union(ScalarSet(ranges: [from...through]))
        }
        guard take("]" as Unicode.Scalar) else { throw failure("lacks a ']'") }
        return isNegated ? result.negated : result
    }

    private mutating func member() throws -> ScalarSet {
        guard let scalar = next else { throw failure("lacks a ']'") }
        position += 1
        return scalar == "\\" ? try escapedSet() : ScalarSet(scalar)
    }

    /// How often `atom` stands there. Whether few or many are preferred makes no difference to whether all matches.
    private mutating func repeated(_ atom: Int) throws -> Int {
        guard let (atLeast, atMost) = try times() else { return atom }
        if !take("?" as Unicode.Scalar), next == "+" {
            throw failure("repeats possessively, which lorad does not match")
        }
        let node = add(.repetition(of: atom, atLeast: atLeast, atMost: atMost))
        guard try times() == nil else { throw failure("repeats a repetition") }
        return node
    }

    private mutating func times() throws -> (Int, Int?)? {
        if take("*" as Unicode.Scalar) { return (0, nil) }
        if take("+" as Unicode.Scalar) { return (1, nil) }
        if take("?" as Unicode.Scalar) { return (0, 1) }
        let start = position
        guard take("{" as Unicode.Scalar) else { return nil }
        let low = number()
        let hasComma = take("," as Unicode.Scalar)
        let high = hasComma ? number() : low
        // Python too takes a brace that counts nothing for itself.
        guard take("}" as Unicode.Scalar), low != nil || hasComma else {
            position = start
            return nil
        }
        guard (low ?? 0) <= Self.mostTimes, (high ?? 0) <= Self.mostTimes, (low ?? 0) <= high ?? .max else {
            throw failure("repeats something more than \(Self.mostTimes) times, or fewer times than it must")
        }
        return (low ?? 0, high)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = next, ScalarSet.digit.contains(scalar), digits.count < 9 {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        return Int(digits)
    }

    private func failure(_ problem: String) -> AdaptersError {
        let shown = text.count > 200 ? text.prefix(200) + "…" : text[...]
        return AdaptersError(
            .unsupported, "The regular expression '\(shown)' \(problem).",
            advice: "List the target modules by name instead.")
    }
}

extension ScalarSet {
    /// The one character in it, where there is one.
    fileprivate var single: UInt32? {
        guard !isNegated, ranges.count == 1, ranges[0].count == 1 else { return nil }
        return ranges[0].lowerBound
    }
}

/// Branches of a pattern, of which at each place the first that matches is taken, as a regular expression takes it; what
/// none matches stands between the matches.
struct SplitAlternatives: Sendable, Hashable {
    let branches: [SplitAlternative]

    /// Calls `append` with the stretches that the text falls into, in order, and whether each is a match.
    @inline(__always)
    func split(_ bytes: [UInt8], _ range: Range<Int>, _ append: (_ stretch: Range<Int>, _ isMatch: Bool) -> Void) {
        var spaces = WhitespaceCursor()
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            guard let end = matchEnd(bytes, position, range.upperBound, &spaces) else {
                position += bytes.scalar(at: position).length
                continue
            }
            if start < position { append(start..<position, false) }
            append(position..<end, true)
            start = end
            position = end
        }
        if start < range.upperBound { append(start..<range.upperBound, false) }
    }

    @inline(__always)
    private func matchEnd(_ bytes: [UInt8], _ start: Int, _ limit: Int, _ spaces: inout WhitespaceCursor) -> Int? {
        for branch in branches {
            if let end = branch.end(bytes, start, limit, &spaces) { return end }
        }
        return nil
    }
}

// MARK: Spelling

extension SplitAlternatives {
    /// Reads a regular expression all of whose branches are known; nil for any other.
    init?(expression: String) {
        let bar = UInt8(ascii: "|")
        var rest = Self.escaped(expression)[...]
        var branches: [SplitAlternative] = []
        while true {
            // A branch may hold bars itself, so that the text cannot be cut at them.
            guard
                let (spelling, branch) = Self.known.first(where: { spelling, _ in
                    rest.starts(with: spelling)
                        && (rest.count == spelling.count || rest[rest.startIndex + spelling.count] == bar)
                })
            else { return nil }
            branches.append(branch)
            rest = rest.dropFirst(spelling.count)
            if rest.isEmpty { break }
            rest = rest.dropFirst()
        }
        self.init(branches: branches)
    }

    /// In the spelling of tokenizer.json.
    var expression: String {
        branches.map { branch in Self.spellings.first { $0.1 == branch }?.0 ?? "" }.joined(separator: "|")
    }

    /// Some files hold line ends themselves where others write `\r\n`.
    private static func escaped(_ expression: String) -> [UInt8] {
        expression.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x0D: Array("\\r".utf8)
            case 0x0A: Array("\\n".utf8)
            default: [byte]
            }
        }
    }

    /// By bytes: to a String, Ω the unit and Ω the letter are one.
    private static let known = spellings.map { (Array($0.utf8), $1) }

    /// What each branch is spelled as; the first spelling of a branch is the one that is written.
    private static let spellings: [(String, SplitAlternative)] =
        contractions + words + numbers + signs + [
            (#"\s*[\r\n]+"#, .lineEnds), (#"\s*[\r\n]"#, .lineEnds), (#"\s+(?!\S)"#, .spaceBeforeSpace),
            (#"\s+"#, .space),
        ]

    private static let contractions: [(String, SplitAlternative)] = [
        ("'s|'t|'re|'ve|'m|'ll|'d", .contraction(anyCase: false, foldsLongS: false)),
        ("(?i:'s|'t|'re|'ve|'m|'ll|'d)", .contraction(anyCase: true, foldsLongS: true)),
        ("'(?i:[sdmt]|ll|ve|re)", .contraction(anyCase: true, foldsLongS: true)),
        (
            "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])",
            .contraction(anyCase: true, foldsLongS: false)
        ),
    ]

    private static func run(
        _ prefix: CharacterRun.Prefix, _ categories: CharacterCategories, _ count: ClosedRange<Int> = 1...Int.max,
        _ tail: CharacterRun.Tail = .none
    ) -> SplitAlternative {
        .run(CharacterRun(prefix: prefix, members: .categories(categories), count: count, tail: tail))
    }

    private static func run(
        _ prefix: CharacterRun.Prefix, ranges: ScalarRanges, _ count: ClosedRange<Int> = 1...Int.max
    ) -> SplitAlternative {
        .run(CharacterRun(prefix: prefix, members: .ranges(ranges), count: count))
    }

    private static let words: [(String, SplitAlternative)] = [
        (#"[^\r\n\p{L}\p{N}]?\p{L}+"#, run(.except([.letter, .number]), .letter)),
        (#"[^\r\n\p{L}\p{N}]?+\p{L}+"#, run(.except([.letter, .number]), .letter)),
        (#"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+"#, run(.except([.letter, .number]), [.letter, .mark])),
        (
            #"[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"#,
            run(.except([.letter, .punctuation, .symbol]), [.letter, .mark])
        ),
        (#" ?\p{L}+"#, run(.space, .letter)), (#"\s?\p{L}+"#, run(.anySpace, .letter)),
        (#"\p{L}+"#, run(.none, .letter)),
        (##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+"##, .lettersAfterSign),
        (CasedWord(takesContraction: false).spelling, .casedWord(CasedWord(takesContraction: false))),
        (CasedWord(takesContraction: true).spelling, .casedWord(CasedWord(takesContraction: true))),
        (#"\s?"# + DeepSeekClasses.casedLetters.spelling + "+", run(.anySpace, ranges: DeepSeekClasses.casedLetters)),
        (DeepSeekClasses.eastAsian.spelling + "+", run(.none, ranges: DeepSeekClasses.eastAsian)),
        (DeepSeekClasses.hanAndKana.spelling + "+", run(.none, ranges: DeepSeekClasses.hanAndKana)),
    ]

    private static let numbers: [(String, SplitAlternative)] = [
        (#"\p{N}"#, run(.none, .number, 1...1)), (#"\p{N}{1}"#, run(.none, .number, 1...1)),
        (#"\p{N}{1,2}"#, run(.none, .number, 1...2)), (#"\p{N}{1,3}"#, run(.none, .number, 1...3)),
        (#"\p{N}+"#, run(.none, .number)), (#" ?\p{N}+"#, run(.space, .number)),
        ("[0-9][0-9][0-9]", .threeDigits), ("[0-9]{3}", .threeDigits),
        ("[0-9]", run(.none, ranges: .digits, 1...1)),
    ]

    private static let ordinary: CharacterCategories = [.mark, .punctuation, .symbol, .other]

    private static let signs: [(String, SplitAlternative)] = [
        (#" ?[^\s\p{L}\p{N}]+"#, run(.space, ordinary)),
        (#" ?[^\s\p{L}\p{N}\r\n]+"#, run(.space, ordinary)),
        (#" ?[^\s\p{L}\p{N}]+[\r\n]*"#, run(.space, ordinary, 1...Int.max, .lineEnds)),
        (#" ?[^\s\p{L}\p{N}]++[\r\n]*"#, run(.space, ordinary, 1...Int.max, .lineEnds)),
        (#" ?[^\s\p{L}\p{N}]+[\r\n/]*"#, run(.space, ordinary, 1...Int.max, .lineEndsAndSlashes)),
        (
            #" ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"#,
            run(.space, ordinary.subtracting(.mark), 1...Int.max, .lineEnds)
        ),
        (#" ?[\p{P}\p{S}]+[\r\n]*"#, run(.space, [.punctuation, .symbol], 1...Int.max, .lineEnds)),
        (#"\s?\p{P}+"#, run(.anySpace, .punctuation)),
        (#"\s?"# + DeepSeekClasses.signs.spelling + "+", run(.anySpace, ranges: DeepSeekClasses.signs)),
        (#"[\r\n]"#, run(.none, ranges: .lineEnds, 1...1)),
    ]
}

/// Cuts text into the words within which tokens are found, the `pre_tokenizer` of tokenizer.json.
indirect enum PreTokenizer: Sendable, Equatable {
    /// No cut.
    case whole
    /// Words become their bytes; before that, a space is put before a word without one, or GPT-2's pattern cuts.
    case byteLevel(prefixSpace: Bool, splits: Bool)
    case split(SplitPattern, SplitBehavior, inverted: Bool)
    /// Number characters apart from others, each on its own or in runs.
    case digits(individually: Bool)
    case punctuation(SplitBehavior)
    /// White space dropped, punctuation apart, as BERT has it.
    case bert
    /// `\w+|[^\w\s]+`
    case whitespace
    /// White space dropped.
    case whitespaceSplit
    case metaspace(Metaspace)
    /// One after the other.
    case sequence([PreTokenizer])

    func apply(to words: inout Pretokens) {
        switch self {
        case .whole: break
        case .byteLevel(let prefixSpace, let splits):
            if prefixSpace { words.rewrite(Self.addSpace) }
            if splits { words.split(GPT2Splitter.split) }
        case .split(let pattern, let behavior, let inverted):
            words.split { pattern.split($0, $1, behavior, inverted: inverted, into: &$2) }
        case .digits(let individually):
            let behavior: SplitBehavior = individually ? .isolated : .contiguous
            words.split { ScalarSplitter.split($0, $1, behavior, into: &$2, where: WordClasses.isNumeric) }
        case .punctuation(let behavior):
            words.split { ScalarSplitter.split($0, $1, behavior, into: &$2, where: BertClasses.isPunctuation) }
        case .bert: words.split(WordSplitter.splitBert)
        case .whitespace: words.split(WordSplitter.splitWordsAndSigns)
        case .whitespaceSplit: words.split(WordSplitter.splitWhitespace)
        case .metaspace(let metaspace): metaspace.apply(to: &words)
        case .sequence(let steps): Self.apply(steps, to: &words)
        }
    }

    /// Steps after ByteLevel see its alphabet in place of the text, as the library's do.
    private static func apply(_ steps: [PreTokenizer], to words: inout Pretokens) {
        var isSpelled = false
        for (index, step) in steps.enumerated() {
            step.apply(to: &words)
            if step.isByteLevel, index < steps.count - 1 {
                words.rewrite { bytes, range, _, output in output += ByteAlphabet.spelling(of: bytes[range]) }
                isSpelled = true
            }
        }
        if isSpelled {
            words.rewrite { bytes, range, _, output in
                // Words are cut between the alphabet's characters, never within one.
                output += ByteAlphabet.bytes(of: Array(bytes[range])) ?? []
            }
        }
    }

    /// The same without the space that it puts before words.
    var withoutPrefix: PreTokenizer {
        switch self {
        case .byteLevel(_, let splits): return .byteLevel(prefixSpace: false, splits: splits)
        case .metaspace(var metaspace):
            metaspace.prepends = .never
            return .metaspace(metaspace)
        case .sequence(let steps): return .sequence(steps.map(\.withoutPrefix))
        default: return self
        }
    }

    /// Whether words are to be read as bytes in the end.
    var isByteLevel: Bool {
        switch self {
        case .byteLevel: true
        case .sequence(let steps): steps.contains(where: \.isByteLevel)
        default: false
        }
    }

    /// Whether it only cuts, so that words are still in ByteLevel's alphabet after it.
    var mayFollowByteLevel: Bool {
        switch self {
        case .split, .digits, .punctuation: true
        default: false
        }
    }

    private static func addSpace(_ bytes: [UInt8], _ range: Range<Int>, _ first: Bool, _ output: inout [UInt8]) {
        if bytes[range.lowerBound] != 0x20 { output.append(0x20) }
        output += bytes[range]
    }
}

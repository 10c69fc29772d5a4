/// Llama 3's and Qwen's pre-tokenizer, the pattern
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
/// (Qwen's: `\p{N}`), matched by hand.
struct LlamaSplitter {
    /// How many digits a word may have.
    let digits: Int

    func split(_ bytes: [UInt8], _ range: Range<Int>, into words: inout [Range<Int>]) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = matchEnd(bytes, start, range.upperBound)
            words.append(start..<end)
            start = end
        }
    }

    @inline(__always)
    private func matchEnd(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int {
        let byte = bytes[start]
        if byte == UInt8(ascii: "'"), let end = Contraction.endInAnyCase(bytes, start + 1, limit, foldsLongS: true) {
            return end
        }
        let (first, length) = bytes.characterClass(at: start)
        switch first {
        case .letter: return bytes.runEnd(start, limit, .letter)
        case .number: return numberEnd(bytes, start, limit)
        case .space, .other: break
        }
        let second = start + length
        if second < limit, !bytes.isLineEnd(at: start) {
            let (next, _) = bytes.characterClass(at: second)
            if next == .letter { return bytes.runEnd(second, limit, .letter) }
            if first == .space, byte == 0x20, next == .other { return signsEnd(bytes, second, limit) }
        }
        if first == .other { return signsEnd(bytes, start, limit) }
        let run = WhitespaceRun(bytes, start, limit)
        return run.lineEnd ?? run.endBeforeWord
    }

    private func numberEnd(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int {
        var end = start
        for _ in 0..<digits {
            guard end < limit else { break }
            let (kind, length) = bytes.characterClass(at: end)
            guard kind == .number else { break }
            end += length
        }
        return end
    }

    /// `[^\s\p{L}\p{N}]+[\r\n]*`
    private func signsEnd(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int {
        var end = bytes.runEnd(start, limit, .other)
        while end < limit, bytes.isLineEnd(at: end) { end += 1 }
        return end
    }
}

/// What a word starts as in byte-pair encoding over characters, with byte tokens for characters that have none.
struct CharacterSymbols: Sendable {
    private let pieces: ByteTrie
    private let ofASCII: [Int32]
    /// `<0x00>` to `<0xFF>`; −1 where the vocabulary lacks one. Nil without byte fallback.
    private let byteTokens: [Int32]?
    private let unknown: Int32?
    /// Whether unknown characters in a row are one token.
    private let fusesUnknown: Bool

    init(pieces: ByteTrie, byteTokens: [Int32]?, unknown: Int?, fusesUnknown: Bool) {
        self.pieces = pieces
        self.byteTokens = byteTokens
        self.unknown = unknown.map(Int32.init)
        self.fusesUnknown = fusesUnknown
        ofASCII = (0..<128).map { Int32(pieces.value(of: CollectionOfOne(UInt8($0))) ?? -1) }
    }

    func append(_ bytes: [UInt8], _ range: Range<Int>, to word: inout [Int32]) {
        // An unknown token is held back until the next known character, over byte tokens too, as the library does.
        var pending = false
        var position = range.lowerBound
        while position < range.upperBound {
            let (_, length) = bytes.scalar(at: position)
            let end = position + length
            defer { position = end }
            if let token = token(bytes, position..<end) {
                if pending, let unknown { word.append(unknown) }
                pending = false
                word.append(token)
            } else if !appendBytes(bytes[position..<end], to: &word), let unknown {
                if pending && !fusesUnknown { word.append(unknown) }
                pending = true
            }
        }
        if pending, let unknown { word.append(unknown) }
    }

    @inline(__always)
    private func token(_ bytes: [UInt8], _ range: Range<Int>) -> Int32? {
        if range.count == 1 {
            let token = ofASCII[Int(bytes[range.lowerBound])]
            return token < 0 ? nil : token
        }
        return pieces.value(of: bytes[range]).map(Int32.init)
    }

    /// Whether the vocabulary has a token for each of the bytes.
    private func appendBytes(_ bytes: ArraySlice<UInt8>, to word: inout [Int32]) -> Bool {
        guard let byteTokens, bytes.allSatisfy({ byteTokens[Int($0)] >= 0 }) else { return false }
        word += bytes.lazy.map { byteTokens[Int($0)] }
        return true
    }
}

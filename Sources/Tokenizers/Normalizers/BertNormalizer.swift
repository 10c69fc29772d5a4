/// BERT's clean-up of text: control characters, white space, Chinese characters, accents and case, in this order.
///
/// https://github.com/google-research/bert/blob/master/tokenization.py (`BasicTokenizer`)
struct BertNormalizer: Sendable, Equatable {
    /// Removes control characters and makes every white space a plain one.
    var cleansText = true
    /// Sets each Chinese character between spaces.
    var separatesChinese = true
    var stripsAccents = true
    var lowercases = true

    func apply(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte < 0x80 {
                appendASCII(byte, to: &result)
                position += 1
                continue
            }
            // Nothing of what follows looks across an ASCII character: NFD leaves those alone.
            let start = position
            while position < text.count, text[position] >= 0x80 { position += 1 }
            result += applyBeyondASCII(text[start..<position])
        }
        return result
    }

    @inline(__always)
    private func appendASCII(_ byte: UInt8, to result: inout [UInt8]) {
        switch byte {
        case 0x41...0x5A: result.append(lowercases ? byte | 0x20 : byte)
        case 0x20...0x7E: result.append(byte)
        case 0x09, 0x0A, 0x0D: result.append(cleansText ? 0x20 : byte)
        default: if !cleansText { result.append(byte) }
        }
    }

    private func applyBeyondASCII(_ run: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        for scalar in String(decoding: run, as: UTF8.self).unicodeScalars {
            if cleansText, BertClasses.isRemoved(scalar) { continue }
            if cleansText, CharacterClass(scalar) == .space {
                text.append(0x20)
            } else if separatesChinese, BertClasses.isChinese(scalar) {
                text.append(0x20)
                text.append(scalar)
                text.append(0x20)
            } else {
                text.append(scalar)
            }
        }
        guard stripsAccents || lowercases else { return text }
        if stripsAccents { text = NormalizationForm.nfd.apply(text) }
        var result: [UInt8] = []
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if stripsAccents, scalar.value >= 0x300, BertClasses.isNonspacingMark(scalar) { continue }
            if lowercases {
                result += scalar.properties.lowercaseMapping.utf8
            } else {
                result.append(scalar)
            }
        }
        return result
    }
}

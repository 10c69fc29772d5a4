/// What `Replace` looks for. Of regular expressions only the few are known that published tokenizers use.
enum TextPattern: Sendable, Equatable {
    case literal([UInt8])
    /// ` {2,}`: two spaces or more.
    case spaces

    static let expressions: [String: TextPattern] = [" {2,}": .spaces]

    /// Leftmost matches, none overlapping another.
    func replace(in text: [UInt8], with content: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + content.count)
        var position = 0
        while position < text.count {
            if let end = matchEnd(text, position) {
                result += content
                position = end
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    @inline(__always)
    private func matchEnd(_ text: [UInt8], _ start: Int) -> Int? {
        switch self {
        case .literal(let bytes):
            return text[start] == bytes[0] && text.matches(bytes, at: start, before: text.count)
                ? start + bytes.count : nil
        case .spaces:
            var end = start
            while end < text.count, text[end] == 0x20 { end += 1 }
            return end - start > 1 ? end : nil
        }
    }
}

/// Foreign text made safe to show: markup characters are escaped, and characters that XML forbids, that cannot be seen,
/// or that reorder what stands around them are shown by name.
enum EscapedText {
    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(contentsOf: visible(scalar))
            }
        }
        return result
    }

    /// At most `limit` Unicode scalars of a text, and how many were left out. Scalars, because one user-perceived
    /// character may hold any number of them.
    static func truncated(_ text: String, to limit: Int) -> (text: String, omitted: Int) {
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
            end != scalars.endIndex
        else { return (text, 0) }
        return (String(scalars[..<end]), scalars.distance(from: end, to: scalars.endIndex))
    }

    private static func visible(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        switch scalar.value {
        case 0x09, 0x0A:
            return [scalar]
        case 0...0x1F:
            return [Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"]
        case 0x7F:
            return ["\u{2421}"]
        case 0x80...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF:
            return Array("⟨U+\(String(scalar.value, radix: 16, uppercase: true))⟩".unicodeScalars)
        default:
            return [scalar]
        }
    }
}

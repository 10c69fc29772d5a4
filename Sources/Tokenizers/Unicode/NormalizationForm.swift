import Foundation

/// Unicode's normalisation forms as of Unicode 9, whose tables the library has: newer characters are left as they are,
/// and nothing is composed or reordered across them. https://www.unicode.org/reports/tr15/
package enum NormalizationForm: String, Sendable, CaseIterable {
    case nfc = "NFC"
    case nfd = "NFD"
    case nfkc = "NFKC"
    case nfkd = "NFKD"

    static let unicodeVersion = UnicodeAge(9, 0)

    /// UTF-8 in this form.
    package func apply(_ text: [UInt8]) -> [UInt8] {
        guard !text.isASCII else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var start = 0
        var position = 0
        while position < text.count {
            let (scalar, length) = text.scalar(at: position)
            if length > 1, !Self.isKnown(scalar) {
                result += normalized(text[start..<position])
                result += text[position..<(position + length)]
                start = position + length
            }
            position += length
        }
        result += normalized(text[start...])
        return result
    }

    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        // The letters of Latin, Greek, Cyrillic, the unified ideographs and Hangul need no look-up.
        switch scalar.value {
        case ..<0x370, 0x4E00...0x9FCC, 0xAC00...0xD7A3: true
        default: scalar.isAssigned(by: unicodeVersion)
        }
    }

    private func normalized(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let text = String(decoding: bytes, as: UTF8.self)
        return switch self {
        case .nfc: Array(text.precomposedStringWithCanonicalMapping.utf8)
        case .nfd: Array(text.decomposedStringWithCanonicalMapping.utf8)
        case .nfkc: Array(text.precomposedStringWithCompatibilityMapping.utf8)
        case .nfkd: Array(text.decomposedStringWithCompatibilityMapping.utf8)
        }
    }
}

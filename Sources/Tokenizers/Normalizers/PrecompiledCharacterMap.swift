import Foundation

/// SentencePiece's compiled normalisation rules, a `precompiled_charsmap`: a double-array trie (Darts-clone) of byte
/// strings, each with the place of its replacement in a pool of NUL-terminated strings.
///
/// https://github.com/google/sentencepiece/blob/master/src/normalizer.cc
package struct PrecompiledCharacterMap: Sendable, Equatable {
    /// Units of the trie: label, offset and whether a leaf follows, packed as Darts-clone packs them.
    private let units: [UInt32]
    private let replacements: [UInt8]
    /// Replacement of each ASCII character by itself; nil where it stays.
    private let ofASCII: [[UInt8]?]

    /// Longest cluster that is looked up as a whole, in bytes.
    private static let clusterLimit = 6

    /// - Parameter bytes: the length of the trie in bytes, little-endian, the trie, and the replacements.
    /// - Returns: nil where the parts do not fit into each other.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) } }
        let size = Int(word(0))
        guard size >= 4, size % 4 == 0, size <= bytes.count - 4 else { return nil }
        units = stride(from: 4, to: 4 + size, by: 4).map(word)
        replacements = Array(bytes[(4 + size)...])
        guard String(validating: replacements, as: UTF8.self) != nil else { return nil }
        var ascii = [[UInt8]?](repeating: nil, count: 128)
        let (units, replacements) = (units, replacements)
        for byte in UInt8(1)..<128 {
            ascii[Int(byte)] = Self.replacement([byte], 0..<1, units, replacements).map { Array(replacements[$0]) }
        }
        ofASCII = ascii
    }

    /// The text with every cluster, or every scalar of a long one, replaced where the rules have something for it.
    package func apply(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let byte = text[position]
            let next = position + 1 < text.count ? text[position + 1] : 0
            // Two ASCII characters are two clusters, but for a line end of both.
            if byte < 0x80, next < 0x80, !(byte == 0x0D && next == 0x0A) {
                if let replacement = ofASCII[Int(byte)] { result += replacement } else { result.append(byte) }
                position += 1
                continue
            }
            let end = segmentEnd(text, position)
            for cluster in String(decoding: text[position..<end], as: UTF8.self) {
                append(Array(cluster.utf8), to: &result)
            }
            position = end
        }
        return result
    }

    /// Where the next ASCII character stands that another one follows, so that a cluster surely ends before it.
    private func segmentEnd(_ text: [UInt8], _ start: Int) -> Int {
        var end = start + 1
        if text[start] == 0x0D, end < text.count, text[end] == 0x0A { return end + 1 }
        while end < text.count {
            if text[end] < 0x80, end + 1 == text.count || text[end + 1] < 0x80 { return end }
            end += 1
        }
        return end
    }

    /// A short cluster is replaced as a whole where any beginning of it has a replacement; else scalar by scalar.
    private func append(_ cluster: [UInt8], to result: inout [UInt8]) {
        if cluster.count < Self.clusterLimit, let found = replacement(cluster, 0..<cluster.count) {
            result += replacements[found]
            return
        }
        var position = 0
        while position < cluster.count {
            let end = position + cluster.scalar(at: position).length
            if let found = replacement(cluster, position..<end) {
                result += replacements[found]
            } else {
                result += cluster[position..<end]
            }
            position = end
        }
    }

    private func replacement(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int>? {
        Self.replacement(bytes, range, units, replacements)
    }

    /// Where the replacement of the shortest beginning of `bytes[range]` that has one stands.
    private static func replacement(
        _ bytes: [UInt8], _ range: Range<Int>, _ units: [UInt32], _ replacements: [UInt8]
    ) -> Range<Int>? {
        var node = Int(offset(units[0]))
        for byte in bytes[range] {
            guard byte != 0 else { return nil }
            node ^= Int(byte)
            guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return nil }
            let hasLeaf = units[node] >> 8 & 1 == 1
            node ^= Int(offset(units[node]))
            guard hasLeaf else { continue }
            guard node < units.count else { return nil }
            let start = Int(units[node] & 0x7FFF_FFFF)
            // Replacements are valid UTF-8 as a whole; one that starts inside a character would not be.
            guard start < replacements.count, replacements[start] & 0xC0 != 0x80 else { return nil }
            let end = replacements[start...].firstIndex(of: 0) ?? replacements.count
            return start..<end
        }
        return nil
    }

    private static func offset(_ unit: UInt32) -> UInt32 { (unit >> 10) << ((unit & 0x200) >> 6) }
}

/// How byte-level vocabularies spell bytes as visible characters: printable Latin-1 as itself, the rest from U+0100 up.
///
/// Defined by GPT-2's `bytes_to_unicode`.
enum ByteAlphabet {
    private static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (0..<256).compactMap { byte in
            if isPrintable(UInt32(byte)) { return Unicode.Scalar(UInt32(byte)) }
            defer { next += 1 }
            return Unicode.Scalar(next)
        }
    }()

    private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

    /// The bytes that a piece, as UTF-8, spells; nil where it holds a character outside the alphabet.
    static func bytes(of piece: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(piece.count)
        var position = 0
        while position < piece.count {
            let (scalar, length) = piece.scalar(at: position)
            guard let byte = bytes[scalar] else { return nil }
            result.append(byte)
            position += length
        }
        return result
    }

    private static let spellings = scalars.map { Array(String($0).utf8) }

    /// Bytes in the alphabet, as UTF-8.
    static func spelling(of bytes: ArraySlice<UInt8>) -> [UInt8] { bytes.flatMap { spellings[Int($0)] } }

    private static func isPrintable(_ value: UInt32) -> Bool {
        (0x21...0x7E).contains(value) || (0xA1...0xAC).contains(value) || (0xAE...0xFF).contains(value)
    }
}

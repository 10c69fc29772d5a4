/// Byte tokens in a row are UTF-8 together; where they are not, each of them is a U+FFFD.
enum ByteFallbackDecoder {
    static func decode(_ pieces: [[UInt8]]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var bytes: [UInt8] = []
        func flush() {
            if String(validating: bytes, as: UTF8.self) != nil {
                result.append(bytes)
            } else {
                result += repeatElement(Array("\u{FFFD}".utf8), count: bytes.count)
            }
            bytes = []
        }
        for piece in pieces {
            if let byte = ByteTokens.byte(of: piece) {
                bytes.append(byte)
                continue
            }
            if !bytes.isEmpty { flush() }
            result.append(piece)
        }
        if !bytes.isEmpty { flush() }
        return result
    }
}

/// A name that becomes a folder's in the outbox.
package enum FolderName {
    /// Whether a text is `[a-z0-9][a-z0-9._-]{0,63}`, without `..`.
    package static func fits(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isStart(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return (1...64).contains(bytes.count) && isStart(bytes[0]) && !text.contains("..")
            && bytes.allSatisfy { isStart($0) || "._-".utf8.contains($0) }
    }
}

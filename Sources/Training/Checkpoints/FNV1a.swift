/// The FNV-1a hash of text, equal in every process, unlike Swift's own; to tell runs apart, not against forgery.
struct FNV1a {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    var hexadecimal: String { String(state, radix: 16) }
}

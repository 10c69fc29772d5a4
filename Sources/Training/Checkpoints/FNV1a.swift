/// The FNV-1a hash of text, equal in every process, unlike Swift's own; to tell runs apart, not against forgery.
package struct FNV1a {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
    }

    /// The same as of `"\(numbers)"`, without making that text: a run may have millions of tokens.
    package mutating func add(_ numbers: [Int]) {
        add(UInt8(ascii: "["))
        for (index, number) in numbers.enumerated() {
            if index > 0 {
                add(UInt8(ascii: ","))
                add(UInt8(ascii: " "))
            }
            add(decimal: number)
        }
        add(UInt8(ascii: "]"))
    }

    private mutating func add(decimal number: Int) {
        if number < 0 { add(UInt8(ascii: "-")) }
        let magnitude = number.magnitude
        var unit: UInt = 1
        while magnitude / unit >= 10 { unit *= 10 }
        while unit > 0 {
            add(UInt8(ascii: "0") + UInt8(magnitude / unit % 10))
            unit /= 10
        }
    }

    private mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }

    package var hexadecimal: String { String(state, radix: 16) }
}

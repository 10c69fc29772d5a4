/// Changes bytes as a fuzzer does, the same way every time it starts from the same seed.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// What lengths, counts and offsets lie about.
    private static let lies: [UInt64] = [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 60,
        0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF,
    ]
    /// What numbers in text are replaced by.
    private static let numbers = [
        "0", "-1", "1", "2147483648", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e308",
        "-1e-320", "1e999", "0.1", "null", "[]", "\"\"", "true",
    ]

    /// One to four changes of `bytes`; `other` is what pieces are taken from.
    mutating func mutated(_ bytes: [UInt8], _ other: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(4) { change(&bytes, other) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        guard !bytes.isEmpty else { return bytes = Array(other.prefix(below(64))) }
        let place = below(bytes.count)
        switch below(8) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = UInt8(below(256))
        case 2: lie(&bytes, at: place)
        case 3, 4: replaceNumber(&bytes, from: place)
        case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(32)))
        case 6: bytes.insert(contentsOf: piece(of: bytes), at: place)
        default: bytes.insert(contentsOf: piece(of: other), at: place)
        }
    }

    /// Overwrites one, two, four or eight bytes, the lowest first.
    private mutating func lie(_ bytes: inout [UInt8], at place: Int) {
        let value = Self.lies[below(Self.lies.count)]
        for index in 0..<min(1 << below(4), bytes.count - place) {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }

    /// Replaces the next digits after `place`.
    private mutating func replaceNumber(_ bytes: inout [UInt8], from place: Int) {
        func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
        guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Self.numbers[below(Self.numbers.count)].utf8)
    }

    private mutating func piece(of bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let start = below(bytes.count)
        return Array(bytes[start..<min(bytes.count, start + 1 + below(64))])
    }

    /// SplitMix64, https://prng.di.unimi.it/splitmix64.c
    private mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(limit))
    }
}

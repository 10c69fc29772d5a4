import Digests

/// A SHA-256 of whole numbers, by which what is put to models is known to be the same.
///
/// Hashed are the numbers one after the other, each as 8 bytes, little-endian; of a list first how many there are.
struct NumberDigest: ~Copyable {
    private static let piece = 1 << 16

    private var hash = SHA256()
    private var pending: [UInt8] = []

    mutating func add(_ number: Int) {
        withUnsafeBytes(of: Int64(number).littleEndian) { pending.append(contentsOf: $0) }
        guard pending.count >= Self.piece else { return }
        hash.update(pending)
        pending.removeAll(keepingCapacity: true)
    }

    mutating func add(_ numbers: [Int]) {
        add(numbers.count)
        for number in numbers { add(number) }
    }

    /// As 64 lower-case hexadecimal digits.
    consuming func hexadecimal() -> String {
        hash.update(pending)
        return hash.hexadecimal()
    }
}

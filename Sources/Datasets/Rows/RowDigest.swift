import Digests
import Foundation

/// What stands for a row's text where only sameness counts: the first half of a SHA-256, which nobody finds twice.
package struct RowDigest: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// Of texts that Swift calls equal it is the same: of such as are canonically equivalent in Unicode.
    package init(_ text: String) {
        var text = text
        let sum = text.withUTF8 { bytes in
            // ASCII is equivalent to nothing else.
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil as [UInt8]? }
            var hash = SHA256()
            hash.update(UnsafeRawBufferPointer(bytes))
            return hash.finish()
        }
        let bytes = sum ?? Self.sum(of: Data(text.precomposedStringWithCanonicalMapping.utf8))
        func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(0..<8), low: word(8..<16))
    }

    private static func sum(of data: Data) -> [UInt8] {
        var hash = SHA256()
        hash.update(data)
        return hash.finish()
    }
}

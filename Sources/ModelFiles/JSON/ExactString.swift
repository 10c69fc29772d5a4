/// A string compared and hashed by its UTF-8 bytes.
///
/// Swift's `String` compares by canonical equivalence, so the composed and the decomposed spelling of `é` are one
/// dictionary key. In a vocabulary or a JSON object they are two, and this is the key that keeps them apart.
package struct ExactString: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let string: String

    package init(_ string: String) {
        self.string = string
    }

    package var description: String { string }

    package static func == (left: ExactString, right: ExactString) -> Bool {
        left.withBytes { a in
            right.withBytes { b in a.count == b.count && a.elementsEqual(b) }
        }
    }

    /// Orders by bytes, as `LC_ALL=C sort` and Rust's `str` do.
    package static func < (left: ExactString, right: ExactString) -> Bool {
        left.withBytes { a in right.withBytes { b in a.lexicographicallyPrecedes(b) } }
    }

    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = string.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(string.utf8).withUnsafeBufferPointer(body)
    }
}

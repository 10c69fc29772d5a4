import CCrypto
import Foundation

/// A SHA-256 (FIPS 180-4) of bytes that come in pieces, by the system's libcrypto.
///
///     var hash = SHA256()
///     hash.update(Data("abc".utf8))
///     hash.hexadecimal()    // "ba7816bf…"
///
/// A value is one sum: it is not copied, and `hexadecimal` ends it.
package struct SHA256: ~Copyable {
    /// Bytes of a sum.
    package static let bytes = 32

    private let context: OpaquePointer

    package init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            fatalError("libcrypto has no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes at the end.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let added = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(added == 1, "SHA-256 takes any bytes")
    }

    /// Adds bytes at the end.
    package mutating func update(_ data: some DataProtocol) {
        for region in data.regions { region.withUnsafeBytes { update($0) } }
    }

    /// The sum's 32 bytes.
    package consuming func finish() -> [UInt8] {
        let context = context
        return [UInt8](unsafeUninitializedCapacity: Self.bytes) { buffer, count in
            let finished = EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(finished == 1, "a sum is finished once")
            count = Self.bytes
        }
    }

    /// The sum as 64 lower-case hexadecimal digits.
    package consuming func hexadecimal() -> String { Hexadecimal.of(finish()) }

    /// The sum of `data` as 64 lower-case hexadecimal digits.
    package static func hexadecimal(of data: some DataProtocol) -> String {
        var hash = SHA256()
        hash.update(data)
        return hash.hexadecimal()
    }
}

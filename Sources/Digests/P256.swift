import CCrypto
import Foundation

/// A private key of ECDSA over P-256 with SHA-256 (FIPS 186-5), by the system's libcrypto. It does not print.
///
///     openssl ecparam -name prime256v1 -genkey -noout -out signing.pem
package final class P256PrivateKey: @unchecked Sendable, CustomStringConvertible {
    // Never changed once it is made, and libcrypto counts who uses it.
    private let key: OpaquePointer

    /// Nil for what is no private key of P-256 in PEM, or one that a passphrase locks.
    package init?(pem: Data) {
        let read = PEM.read(pem) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) }
        guard let key = read else { return nil }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    package var description: String { "(private key)" }

    /// A signature of a message: DER of r and s.
    ///
    /// - Returns: nil where libcrypto has no random numbers.
    package func signature(of message: Data) -> Data? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1 else { return nil }
        var length = Int(EVP_PKEY_get_size(key))
        var bytes = [UInt8](repeating: 0, count: length)
        let signed = message.withUnsafeBytes { message in
            EVP_DigestSign(
                context, &bytes, &length, message.bindMemory(to: UInt8.self).baseAddress, message.count)
        }
        return signed == 1 ? Data(bytes.prefix(length)) : nil
    }

    /// The key that its signatures are checked by, in PEM.
    package var publicPEM: String? { PEM.write(key) }
}

/// The public key of ECDSA over P-256.
package final class P256PublicKey: @unchecked Sendable {
    // Never changed once it is made.
    private let key: OpaquePointer

    /// Nil for what is no public key of P-256 in PEM.
    package init?(pem: Data) {
        let read = PEM.read(pem) { PEM_read_bio_PUBKEY($0, nil, { _, _, _, _ in -1 }, nil) }
        guard let key = read else { return nil }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// As PEM, which the SHA-256 of names the key by.
    package var pem: String? { PEM.write(key) }

    /// Whether a signature, DER of r and s, is this key's of a message.
    package func isSignature(_ signature: Data, of message: Data) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
        return signature.withUnsafeBytes { signature in
            message.withUnsafeBytes { message in
                EVP_DigestVerify(
                    context, signature.bindMemory(to: UInt8.self).baseAddress, signature.count,
                    message.bindMemory(to: UInt8.self).baseAddress, message.count)
            }
        } == 1
    }
}

/// Keys as text (RFC 7468).
private enum PEM {
    private static let curve = "prime256v1"

    /// A key of the curve.
    static func read(_ pem: Data, _ read: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
        let bytes = [UInt8](pem)
        return bytes.withUnsafeBufferPointer { bytes in
            guard let memory = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(memory) }
            guard let key = read(memory) else { return nil }
            guard name(of: key) == curve else {
                EVP_PKEY_free(key)
                return nil
            }
            return key
        }
    }

    private static func name(of key: OpaquePointer) -> String? {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return nil }
        return String(decoding: name.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// A public key.
    static func write(_ key: OpaquePointer) -> String? {
        guard let memory = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(memory) }
        guard PEM_write_bio_PUBKEY(memory, key) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = BIO_read(memory, &bytes, Int32(bytes.count))
        return count > 0 ? String(decoding: bytes.prefix(Int(count)), as: UTF8.self) : nil
    }
}

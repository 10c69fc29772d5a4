import CCrypto
import Foundation

/// HMAC-SHA256 (RFC 2104), by the system's libcrypto.
package enum HMACSHA256 {
    /// The 32 bytes of the code of `message` under `key`.
    package static func code(of message: Data, key: Data) -> Data {
        var code = [UInt8](repeating: 0, count: SHA256.bytes)
        var length: UInt32 = 0
        let made = key.withUnsafeBytes { key in
            message.withUnsafeBytes { message in
                HMAC(
                    EVP_sha256(), key.baseAddress, Int32(key.count), message.bindMemory(to: UInt8.self).baseAddress,
                    message.count, &code, &length)
            }
        }
        precondition(made != nil && Int(length) == code.count, "libcrypto has no HMAC-SHA256")
        return Data(code)
    }
}

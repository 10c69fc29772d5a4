import Digests
import Foundation
import OperatingSystem

/// A key of Standard Webhooks, https://www.standardwebhooks.com: `whsec_` and the base64 of 24 to 64 bytes.
package struct SigningKey: Sendable {
    private let key: Data

    /// Throws `.webhook`, naming the hook only.
    package init(_ secret: Secret, hook: String) throws {
        let prefix = "whsec_"
        let text = secret.reveal()
        guard text.hasPrefix(prefix), let bytes = Data(base64Encoded: String(text.dropFirst(prefix.count))),
            (24...64).contains(bytes.count)
        else {
            throw WorkerError(
                .webhook, "The secret of webhook '\(hook)' is not whsec_ followed by the base64 of 24 to 64 bytes.",
                advice: "Make one with: echo whsec_$(head -c 32 /dev/urandom | base64)")
        }
        key = bytes
    }

    /// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.payload`.
    package func signature(id: String, timestamp: Int64, payload: String) -> String {
        let content = Data("\(id).\(timestamp).\(payload)".utf8)
        return "v1," + HMACSHA256.code(of: content, key: key).base64EncodedString()
    }
}

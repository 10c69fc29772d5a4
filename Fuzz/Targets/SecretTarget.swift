import Foundation
import Webhooks
import Worker

/// A file with a secret: a URL, or signing keys.
package struct SecretTarget: FuzzTarget {
    package static let name = "secret"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        let path = try scratch.write(bytes, as: "secret")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let read = try hidden(bytes) { try SecretSource.file(path).read(for: "a test", environment: [:]) }
        guard let secret = read else { return }
        let text = secret.reveal()
        try require(!text.isEmpty && "\(secret)" == "(secret)", "a secret shows itself, or is empty")
        for word in text.split(whereSeparator: \.isWhitespace) {
            let key = try hidden(Array(word.utf8)) { try SigningKey(Secret(String(word)), hook: "test") }
            let signature = key?.signature(id: "1", timestamp: 2, payload: "3")
            try require(signature.map { $0.hasPrefix("v1,") && $0.utf8.count == 47 } ?? true, "an odd signature")
        }
    }

    /// As `accepted`, and the message does not hold the secret.
    private func hidden<Result>(_ secret: [UInt8], _ read: () throws -> Result) throws -> Result? {
        try accepted {
            do { return try read() } catch {
                // A few letters may stand in any sentence. By bytes: Foundation's search skips NUL.
                let message = Data("\(error)".utf8)
                let isShown = secret.count >= 16 && message.range(of: Data(secret)) != nil
                try require(!isShown, "a message holds a secret")
                throw error
            }
        }
    }
}

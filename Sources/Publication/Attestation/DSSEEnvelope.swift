import Common
import Digests
import Foundation

/// A signed statement, https://github.com/secure-systems-lab/dsse/blob/v1.0.0/envelope.md.
package struct DSSEEnvelope: Codable, Sendable, Equatable {
    struct Signature: Codable, Sendable, Equatable {
        /// SHA-256 of the public key in PEM.
        let keyid: String
        /// Base64 of ECDSA's r and s in DER.
        let sig: String
    }

    /// Base64 of the statement's bytes.
    let payload: String
    let payloadType: String
    let signatures: [Signature]

    /// Of an in-toto statement in JSON.
    static let inToto = "application/vnd.in-toto+json"

    /// Signs the bytes of an in-toto statement.
    ///
    /// - Parameter names: whether the signature names its key.
    /// - Throws: `PublicationError.unwritable` where libcrypto cannot sign.
    init(signing statement: Data, by key: P256PrivateKey, names: Bool = true) throws {
        guard let signature = key.signature(of: Self.encoding(Self.inToto, statement)), let pem = key.publicPEM else {
            throw PublicationError(.unwritable, "libcrypto could not sign.")
        }
        payload = statement.base64EncodedString()
        payloadType = Self.inToto
        let keyid = names ? SHA256.hexadecimal(of: Data(pem.utf8)) : ""
        signatures = [Signature(keyid: keyid, sig: signature.base64EncodedString())]
    }

    /// The statement's bytes, where it is an in-toto statement and one of the first signatures is this key's; else nil.
    func statement(signedBy key: P256PublicKey) -> Data? {
        guard payloadType == Self.inToto, let payload = Data(base64Encoded: payload) else { return nil }
        let message = Self.encoding(payloadType, payload)
        let isSigned = signatures.prefix(16).contains { signature in
            Data(base64Encoded: signature.sig).map { key.isSignature($0, of: message) } ?? false
        }
        return isSigned ? payload : nil
    }

    /// What is signed: `DSSEv1`, and each of type and body with its length before it.
    static func encoding(_ type: String, _ body: Data) -> Data {
        Data("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body
    }
}

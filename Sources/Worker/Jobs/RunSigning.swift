import Common
import Digests
import Foundation
import Manifests
import OperatingSystem
import Publication
import Webhooks

/// Signs runs once they are published, by the key that lorad.yaml names. No job's process ever sees it.
package struct RunSigning: Sendable {
    private let key: P256PrivateKey

    /// The key of a file; nil where none is named.
    ///
    /// - Throws: `WorkerError.configuration` where it cannot be read, others can read it, or it is no key of P-256.
    package init?(_ signing: SigningConfiguration) throws {
        guard let path = signing.keyFile else { return nil }
        let pem: Secret
        do {
            pem = try SecretSource.file(path).read(for: "signing.key_file", environment: [:])
        } catch let error as WorkerError {
            throw WorkerError(.configuration, error.message, cause: error.cause, advice: error.advice)
        }
        guard let key = P256PrivateKey(pem: Data(pem.reveal().utf8)) else {
            throw WorkerError(
                .configuration,
                "\(path), for signing.key_file, holds no private key of P-256 in PEM without a passphrase.",
                advice: "`openssl ecparam -name prime256v1 -genkey -noout -out \(path)` makes one.")
        }
        self.key = key
    }

    /// SHA-256 of the public key in PEM, by which signatures name it.
    package var fingerprint: String { key.publicPEM.map { SHA256.hexadecimal(of: Data($0.utf8)) } ?? "" }

    /// Signs a published run, unless it is signed already.
    ///
    /// - Throws: as `RunSignatures.sign`.
    func sign(_ run: String) throws { try RunSignatures.sign(run, by: key) }
}

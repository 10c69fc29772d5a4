import Common
import Digests
import Foundation

/// `model.sig`: every file of a run signed, as https://github.com/sigstore/model-transparency signs models (predicate
/// `https://model_signing/signature/v1.0`) with a key: a Sigstore bundle around a DSSE envelope.
package struct ModelSignature: Codable, Sendable, Equatable {
    struct PublicKey: Codable, Sendable, Equatable {
        /// SHA-256 of the public key in PEM.
        let hint: String
    }

    struct Material: Codable, Sendable, Equatable {
        let publicKey: PublicKey
        var tlogEntries: [String] = []
    }

    /// One file.
    struct Resource: Codable, Sendable, Equatable {
        let name: String
        var algorithm = "sha256"
        let digest: String
    }

    struct Serialization: Codable, Sendable, Equatable {
        var method = "files"
        var hashType = "sha256"
        var allowSymlinks = false
        let ignorePaths: [String]

        private enum CodingKeys: String, CodingKey {
            case method
            case hashType = "hash_type"
            case allowSymlinks = "allow_symlinks"
            case ignorePaths = "ignore_paths"
        }
    }

    struct Predicate: Codable, Sendable, Equatable {
        let serialization: Serialization
        let resources: [Resource]
    }

    struct Subject: Codable, Sendable, Equatable {
        let name: String
        let digest: [String: String]
    }

    struct Statement: Codable, Sendable, Equatable {
        var type = "https://in-toto.io/Statement/v1"
        let subject: [Subject]
        var predicateType = Self.predicate
        let predicate: Predicate

        static let predicate = "https://model_signing/signature/v1.0"

        private enum CodingKeys: String, CodingKey {
            case subject, predicateType, predicate
            case type = "_type"
        }
    }

    private static let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json"

    let mediaType: String
    let verificationMaterial: Material
    let dsseEnvelope: DSSEEnvelope

    /// Signs files.
    ///
    /// - Parameters:
    ///   - files: with their digests, in byte order of their paths.
    ///   - ignored: files beside them that are not signed.
    /// - Throws: `PublicationError.unwritable` where libcrypto cannot sign.
    init(
        signing files: [(path: String, sha256: String)], of name: String, ignoring ignored: [String],
        by key: P256PrivateKey
    ) throws {
        let statement = Statement(
            subject: [Subject(name: name, digest: ["sha256": Self.root(files.map(\.sha256))])],
            predicate: Predicate(
                serialization: Serialization(ignorePaths: ignored),
                resources: files.map { Resource(name: $0.path, digest: $0.sha256) }))
        guard let pem = key.publicPEM else { throw PublicationError(.unwritable, "libcrypto could not sign.") }
        mediaType = Self.bundle
        verificationMaterial = Material(publicKey: PublicKey(hint: SHA256.hexadecimal(of: Data(pem.utf8))))
        dsseEnvelope = try DSSEEnvelope(
            signing: JSONCoding.encoder(.line).encode(statement), by: key, names: false)
    }

    /// The files that this key has signed, with their digests; nil where it has not signed this, or what it signed
    /// contradicts itself.
    func files(signedBy key: P256PublicKey) -> [String: String]? {
        guard mediaType == Self.bundle, dsseEnvelope.payloadType == DSSEEnvelope.inToto,
            let data = dsseEnvelope.statement(signedBy: key),
            let statement = try? JSONCoding.decoder().decode(Statement.self, from: data),
            statement.predicateType == Statement.predicate
        else { return nil }
        let resources = statement.predicate.resources
        let files = Dictionary(resources.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first })
        guard files.count == resources.count, resources.allSatisfy({ $0.algorithm == "sha256" }),
            statement.subject.map(\.digest) == [["sha256": Self.root(resources.map(\.digest))]]
        else { return nil }
        return files
    }

    /// SHA-256 of digests one after the other; of what is no digest, of nothing.
    private static func root(_ digests: [String]) -> String {
        var hash = SHA256()
        for digest in digests { hash.update(Data(Hexadecimal.bytes(digest) ?? [])) }
        return hash.hexadecimal()
    }
}

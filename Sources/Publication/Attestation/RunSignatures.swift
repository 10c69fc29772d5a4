import Common
import Digests
import Foundation

/// A run's signatures: `model.sig` of all its files, and `provenance.intoto.jsonl` of its provenance. They are made after
/// the run was published, by whoever holds the key, which no job's process does; `SHA256SUMS` does not list them, and they
/// sign it.
package enum RunSignatures {
    package static let model = "model.sig"
    package static let provenance = "provenance.intoto.jsonl"
    /// The statement that `provenance` signs.
    package static let statement = "provenance.intoto.json"

    /// What may lie in a run's folder beside what its list of checksums has.
    static let files = [model, provenance]

    /// Bytes of a file that is read.
    private static let largestSize = 64 << 20

    /// Signs a published run; does nothing where this key has signed it already.
    ///
    /// Nothing is written through a link: the job's process that made the folder may have left one, and whoever signs may
    /// write where that process may not.
    ///
    /// - Throws: `PublicationError.missing` where there is no list of checksums, or the folder is a link; `.unwritable`
    ///   where libcrypto cannot sign; `SystemError.unwritable`.
    package static func sign(_ folder: String, by key: P256PrivateKey) throws {
        guard let pem = key.publicPEM, let own = P256PublicKey(pem: Data(pem.utf8)) else {
            throw PublicationError(.unwritable, "libcrypto cannot use the key.")
        }
        guard FileSystem.isRealFolder(folder) else {
            throw PublicationError(.missing, "\(folder), which is to be signed, is a link or no folder.")
        }
        if case .signed = check(folder, by: own) { return }
        guard let listed = listed(in: folder) else {
            throw PublicationError(.missing, "\(folder) holds no \(ChecksumFile.name) to sign.")
        }
        let name = URL(fileURLWithPath: folder).lastPathComponent
        if let data = BoundedFile.read("\(folder)/\(statement)", limit: largestSize) {
            let envelope = try JSONCoding.encoder(.line).encode(DSSEEnvelope(signing: data, by: key))
            try AtomicFile.write(envelope + Data("\n".utf8), to: "\(folder)/\(provenance)")
        }
        let signature = try ModelSignature(signing: listed, of: name, ignoring: files, by: key)
        try AtomicFile.write(try JSONCoding.encoder(.line).encode(signature), to: "\(folder)/\(model)")
    }

    /// What the signatures of a folder say, whose files are those of its list of checksums.
    package enum Finding: Sendable, Equatable {
        case unsigned
        /// By another key, or not of these files; in words.
        case wrong(String)
        /// This key has signed every file, and the provenance.
        case signed
    }

    /// Whether there is a signature, by whatever key.
    package static func isSigned(_ folder: String) -> Bool { FileSystem.exists("\(folder)/\(model)") }

    /// Holds a run's signatures against a key.
    package static func check(_ folder: String, by key: P256PublicKey) -> Finding {
        guard isSigned(folder) else { return .unsigned }
        guard let data = BoundedFile.read("\(folder)/\(model)", limit: largestSize),
            let signature = try? JSONCoding.decoder().decode(ModelSignature.self, from: data)
        else { return .wrong("\(model) cannot be read") }
        guard let signed = signature.files(signedBy: key) else { return .wrong("\(model) is not signed by this key") }
        guard let listed = listed(in: folder),
            Dictionary(uniqueKeysWithValues: listed.map { ($0.path, $0.sha256) }) == signed
        else { return .wrong("\(model) signs other files than these") }
        guard FileSystem.exists("\(folder)/\(statement)") else { return .signed }
        guard let line = BoundedFile.read("\(folder)/\(provenance)", limit: largestSize),
            let envelope = try? JSONCoding.decoder().decode(DSSEEnvelope.self, from: line),
            let said = envelope.statement(signedBy: key),
            said == BoundedFile.read("\(folder)/\(statement)", limit: largestSize)
        else { return .wrong("\(provenance) does not sign \(statement) by this key") }
        return .signed
    }

    /// The files of a folder's list and the list itself, in byte order of their paths; nil where there is none.
    private static func listed(in folder: String) -> [(path: String, sha256: String)]? {
        guard let list = ChecksumFile.read(in: folder) else { return nil }
        let all =
            list.entries.map { (path: $0.path, sha256: $0.sha256) }
            + [(path: ChecksumFile.name, sha256: SHA256.hexadecimal(of: list.data))]
        guard Set(all.map(\.path)).count == all.count else { return nil }
        return all.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}

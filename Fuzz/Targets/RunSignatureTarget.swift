import Digests
import Foundation
import Publication

/// `model.sig` of a run, held against a key: only what the key signed of these files is taken.
package struct RunSignatureTarget: FuzzTarget {
    package static let name = "run-signature"

    private let scratch: ScratchFolder
    private let key: P256PublicKey

    package init() throws {
        scratch = try ScratchFolder()
        try scratch.copy("signing/public.pem", as: "public.pem")
        let pem = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/public.pem"))
        guard let key = P256PublicKey(pem: pem) else { throw FuzzViolation(message: "the fixture's key is none") }
        self.key = key
        let digest = SHA256.hexadecimal(of: Data("weights".utf8))
        try scratch.write(Array("\(digest)  adapter_model.safetensors\n".utf8), as: "SHA256SUMS")
    }

    package func check(_ bytes: [UInt8]) throws {
        try scratch.write(bytes, as: RunSignatures.model)
        let finding = RunSignatures.check(scratch.path, by: key)
        try require(finding != .unsigned, "a signature was not seen")
        guard finding == .signed else { return }
        // ECDSA takes more than one signature of the same bytes, but none that was made up: whatever is taken holds the
        // statement that the seed holds.
        let text = String(decoding: bytes, as: UTF8.self)
        try require(text.contains("dsseEnvelope") && text.contains("payload"), "taken without an envelope")
    }
}

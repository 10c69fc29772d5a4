import Digests
import Foundation
import TestSupport
import Testing

/// Keys and a signature by OpenSSL's own program: `Tests/Fixtures/signing`.
@Suite("Signatures of ECDSA over P-256")
struct P256Tests {
    private func file(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("signing/\(name)")))
    }

    @Test("OpenSSL's signature is its key's, and no other key's; of no other message")
    func reads() throws {
        let key = try #require(P256PublicKey(pem: file("public.pem")))
        let other = try #require(P256PublicKey(pem: file("other-public.pem")))
        let (message, signature) = (try file("message"), try file("message.sig"))
        #expect(key.isSignature(signature, of: message) && !other.isSignature(signature, of: message))
        #expect(!key.isSignature(signature, of: message + Data([0])))
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1
            #expect(!key.isSignature(changed, of: message), "\(index)")
        }
        for length in 0..<signature.count { #expect(!key.isSignature(signature.prefix(length), of: message)) }
    }

    @Test("What it signs is its public key's; a key is read in both forms and written as OpenSSL writes it")
    func writes() throws {
        let keys = try ["private.pem", "private-pkcs8.pem"].map { try #require(P256PrivateKey(pem: file($0))) }
        let key = try #require(P256PublicKey(pem: file("public.pem")))
        for own in keys {
            for message in [Data(), Data("a".utf8), Data(repeating: 7, count: 100_000)] {
                let signature = try #require(own.signature(of: message))
                #expect(key.isSignature(signature, of: message))
            }
            #expect(try own.publicPEM == String(decoding: file("public.pem"), as: UTF8.self))
            #expect("\(own)" == "(private key)")
        }
        #expect(key.pem == keys[0].publicPEM)
    }

    @Test(
        "What is no key of the curve is none",
        arguments: ["locked.pem", "p384.pem", "rsa.pem", "public.pem", "message"])
    func others(name: String) throws { #expect(P256PrivateKey(pem: try file(name)) == nil) }

    @Test("A key that is cut off or damaged is none, or another one")
    func damaged() throws {
        let pem = try file("private.pem")
        for length in 0..<pem.count - 2 { #expect(P256PrivateKey(pem: pem.prefix(length)) == nil, "\(length)") }
        #expect(P256PublicKey(pem: Data()) == nil && P256PublicKey(pem: pem) == nil)
    }

    @Test("Hexadecimal digits are bytes, and nothing else is")
    func hexadecimal() {
        #expect(Hexadecimal.bytes("00ff7a") == [0, 255, 122] && Hexadecimal.bytes("") == [])
        for text in ["0", "0G", "zz", "ß0", "FF"] { #expect(Hexadecimal.bytes(text) == nil) }
    }
}

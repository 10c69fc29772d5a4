import Digests
import Foundation
import Testing

@Suite("Digests")
struct DigestsTests {
    @Test(
        "SHA-256 gives the sums of FIPS 180-4's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func fips(text: String, sum: String) {
        #expect(SHA256.hexadecimal(of: Data(text.utf8)) == sum)
    }

    @Test("A sum does not depend on how the bytes come in pieces")
    func pieces() {
        let bytes = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let whole = SHA256.hexadecimal(of: bytes)
        for piece in [1 << 20, 4096, 63, 64, 65] {
            var hash = SHA256()
            for start in stride(from: 0, to: bytes.count, by: piece) {
                hash.update(bytes[start..<min(start + piece, bytes.count)])
            }
            #expect(hash.hexadecimal() == whole)
        }
    }

    @Test(
        "HMAC-SHA256 gives the codes of RFC 4231",
        arguments: [
            (
                Data(repeating: 0x0B, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Data("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                Data(repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ])
    func rfc4231(key: Data, message: String, code: String) {
        let made = HMACSHA256.code(of: Data(message.utf8), key: key)
        #expect(made.map { String(format: "%02x", $0) }.joined() == code)
    }
}

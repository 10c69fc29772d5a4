import Foundation
import LedgerSupport
import Testing
import Webhooks

@Suite("Secrets")
struct SecretTests {
    private let hidden = "https://hooks.example/T0PSECRET"

    @Test("A secret neither prints nor reflects")
    func silent() {
        let secret = Secret(hidden)
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] { #expect(!text.contains("T0PSECRET")) }
        #expect(secret.reveal() == hidden)
    }

    @Test("A file of mode 0600 or 0400 is read, without its line end", arguments: [0o600, 0o400])
    func file(mode: Int) throws {
        let folder = try ScratchFolder()
        try folder.write(hidden + "\n", to: "url", mode: mode)
        #expect(try SecretSource.file(folder.path + "/url").read(for: "a test", environment: [:]).reveal() == hidden)
    }

    @Test("A file that others can read is refused, naming its mode and not its text", arguments: [0o644, 0o640, 0o604])
    func loose(mode: Int) throws {
        let folder = try ScratchFolder()
        try folder.write(hidden, to: "url", mode: mode)
        let refusal = failure { try SecretSource.file(folder.path + "/url").read(for: "a test", environment: [:]) }
        #expect(refusal?.code == .webhook)
        #expect(refusal?.message.contains(String(mode, radix: 8)) == true)
        #expect(refusal?.message.contains("T0PSECRET") == false)
    }

    @Test("An unset variable, an empty one, a folder and a missing file are refused")
    func unusable() throws {
        let sources: [SecretSource] = [.environment("UNSET"), .environment("EMPTY"), .file("/tmp"), .file("/none")]
        for source in sources {
            #expect(failure { try source.read(for: "a test", environment: ["EMPTY": " "]) }?.code == .webhook)
        }
    }

    @Test("The signature is that of the Standard Webhooks' own example")
    func signature() throws {
        let key = try SigningKey(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), hook: "chat")
        let signature = key.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, payload: #"{"test": 2432232314}"#)
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(
        "A signing secret without its prefix, or of fewer than 24 or more than 64 bytes, is refused",
        arguments: [
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", "whsec_" + Data(count: 23).base64EncodedString(),
            "whsec_" + Data(count: 65).base64EncodedString(),
        ])
    func badKey(text: String) {
        let refusal = failure { try SigningKey(Secret(text), hook: "chat") }
        #expect(refusal?.message.contains("'chat'") == true)
        #expect(refusal?.message.contains(text) == false)
    }
}

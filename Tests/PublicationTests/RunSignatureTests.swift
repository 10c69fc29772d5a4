import Digests
import Foundation
import Publication
import TestSupport
import Testing

@Suite("Signatures of published runs")
struct RunSignatureTests {
    private func key(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("signing/\(name)")))
    }

    /// A folder with two files, a statement and a list of checksums, signed.
    private func withRun(_ body: (_ folder: String, P256PublicKey) throws -> Void) throws {
        let own = try #require(P256PrivateKey(pem: key("private.pem")))
        let publicKey = try #require(P256PublicKey(pem: key("public.pem")))
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/merged", withIntermediateDirectories: true)
            let files = [
                "adapter_model.safetensors": "weights", "merged/model.gguf": "model",
                RunSignatures.statement: "{\"subject\": []}",
            ]
            var list = ""
            for (name, text) in files.sorted(by: { $0.key < $1.key }) {
                try write(text, "\(folder)/\(name)")
                list += "\(SHA256.hexadecimal(of: Data(text.utf8)))  \(name)\n"
            }
            try write(list, folder + "/SHA256SUMS")
            #expect(RunSignatures.check(folder, by: publicKey) == .unsigned && !RunSignatures.isSigned(folder))
            try RunSignatures.sign(folder, by: own)
            try body(folder, publicKey)
        }
    }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test("A run is signed by its key and by no other, and the signatures are no strangers in its folder")
    func signed() throws {
        try withRun { folder, key in
            #expect(RunSignatures.check(folder, by: key) == .signed)
            let other = try #require(P256PublicKey(pem: self.key("other-public.pem")))
            #expect(RunSignatures.check(folder, by: other) == .wrong("model.sig is not signed by this key"))
            #expect(try VerifyPublication.check(folder).passed)
            // Signing again is signing once.
            let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/model.sig"))
            try RunSignatures.sign(folder, by: #require(P256PrivateKey(pem: self.key("private.pem"))))
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/model.sig")) == before)
        }
    }

    @Test("Another list, another statement, a signature of something else: each is told")
    func altered() throws {
        try withRun { folder, key in
            try write("{\"subject\": [1]}", "\(folder)/\(RunSignatures.statement)")
            let statement = RunSignatures.check(folder, by: key)
            #expect(statement == .wrong("provenance.intoto.jsonl does not sign provenance.intoto.json by this key"))
        }
        try withRun { folder, key in
            let list = try String(contentsOfFile: folder + "/SHA256SUMS", encoding: .utf8)
            try write(list + "\(String(repeating: "0", count: 64))  more\n", folder + "/SHA256SUMS")
            #expect(RunSignatures.check(folder, by: key) == .wrong("model.sig signs other files than these"))
        }
        try withRun { folder, key in
            let signature = try String(contentsOfFile: folder + "/model.sig", encoding: .utf8)
            for text in [
                "", "{}", "[]", String(signature.dropLast()),
                signature.replacing("\"payload\":\"", with: "\"payload\":\"AAAA"),
            ] {
                try write(text, folder + "/model.sig")
                guard case .wrong = RunSignatures.check(folder, by: key) else {
                    Issue.record("taken: \(text.prefix(40))")
                    continue
                }
            }
        }
    }

    @Test("A file in the place of a signature is no stranger, a link or a folder is")
    func strangers() throws {
        try withRun { folder, _ in
            try FileManager.default.removeItem(atPath: folder + "/model.sig")
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/model.sig", withDestinationPath: "/etc/hostname")
            let findings = try VerifyPublication.check(folder).findings
            #expect(findings.map(\.path) == ["model.sig"])
        }
    }

    @Test("Nothing is signed through a link: a file that a signature's name led to stays as it was")
    func links() throws {
        let own = try #require(P256PrivateKey(pem: key("private.pem")))
        try withRun { folder, key in
            let victim = folder + "-victim"
            defer { try? FileManager.default.removeItem(atPath: victim) }
            try write("precious", victim)
            for name in ["model.sig", "provenance.intoto.jsonl"] {
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
                try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: victim)
            }
            try RunSignatures.sign(folder, by: own)
            #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
            #expect(RunSignatures.check(folder, by: key) == .signed)
            // Nor is a folder that is a link itself.
            let link = folder + "-link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder)
            defer { try? FileManager.default.removeItem(atPath: link) }
            let error = #expect(throws: PublicationError.self) { try RunSignatures.sign(link, by: own) }
            #expect(error?.message.contains("is a link") == true)
        }
    }

    @Test("A signed line that is no in-toto statement is no provenance, whoever signed it")
    func otherType() throws {
        try withRun { folder, key in
            let path = folder + "/provenance.intoto.jsonl"
            let line = try String(contentsOfFile: path, encoding: .utf8)
            try #require(line.contains("vnd.in-toto"))
            try write(line.replacing("vnd.in-toto", with: "vnd.other"), path)
            let finding = RunSignatures.check(folder, by: key)
            #expect(finding == .wrong("provenance.intoto.jsonl does not sign provenance.intoto.json by this key"))
        }
    }

    @Test("Without a list of checksums there is nothing to sign")
    func unlisted() throws {
        let own = try #require(P256PrivateKey(pem: key("private.pem")))
        try withTemporaryFolder { folder in
            #expect(throws: PublicationError.self) { try RunSignatures.sign(folder, by: own) }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }
}

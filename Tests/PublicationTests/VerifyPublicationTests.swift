import Foundation
import Publication
import Testing

@Suite struct VerifyPublicationTests {
    private let outbox: TestOutbox
    private let folder: String

    init() throws {
        outbox = try TestOutbox()
        folder = try outbox.stage().publish(.succeeded).folder
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    private func findings() throws -> [String] {
        try VerifyPublication.check(folder).findings.map { "\($0.kind.rawValue) \($0.path)" }
    }

    @Test("A changed byte is found")
    func changed() throws {
        var data = try Data(contentsOf: URL(filePath: "\(folder)/adapter_model.safetensors"))
        data[data.count - 1] ^= 1
        try data.write(to: URL(filePath: "\(folder)/adapter_model.safetensors"))
        #expect(try findings() == ["changed adapter_model.safetensors"])
    }

    @Test("Missing and extra files are named")
    func missingAndExtra() throws {
        try FileManager.default.moveItem(atPath: "\(folder)/README.md", toPath: "\(folder)/README.txt")
        #expect(try findings() == ["missing README.md", "extra README.txt"])
    }

    @Test("A file replaced by a link or a folder is changed, whatever it holds")
    func replaced() throws {
        for name in ["report.json", "report.html"] {
            try FileManager.default.moveItem(atPath: "\(folder)/\(name)", toPath: "\(outbox.path)/\(name)")
        }
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/report.json", withDestinationPath: "\(outbox.path)/report.json")
        try FileManager.default.createDirectory(
            atPath: "\(folder)/report.html", withIntermediateDirectories: false)
        #expect(try findings() == ["changed report.html", "changed report.json"])
    }

    @Test(
        "A line that leads out of the folder, is cut, or stands twice is malformed",
        arguments: ["../../etc/passwd", "/etc/passwd", "a//b", "", "./report.json"])
    func malformed(_ path: String) throws {
        let text = try String(contentsOfFile: "\(folder)/SHA256SUMS", encoding: .utf8)
        let hash = String(repeating: "0", count: 64)
        let first = try #require(text.split(separator: "\n").first)
        try write(text + "\(hash)  \(path)\nnonsense\n\(first)\n", to: "SHA256SUMS")
        let lines = text.split(separator: "\n").count
        #expect(
            try findings() == [
                "malformed SHA256SUMS:\(lines + 1)", "malformed SHA256SUMS:\(lines + 2)",
                "malformed SHA256SUMS:\(lines + 3)",
            ])
    }

    @Test("An emptied list leaves every file extra")
    func emptied() throws {
        try write("", to: "SHA256SUMS")
        #expect(try findings().count == 9)
        #expect(try findings().allSatisfy { $0.hasPrefix("extra ") })
    }

    @Test("A folder without a list, or no folder, is an error")
    func nothing() throws {
        try FileManager.default.removeItem(atPath: "\(folder)/SHA256SUMS")
        #expect(throws: PublicationError.self) { try VerifyPublication.check(folder) }
        #expect(throws: PublicationError.self) { try VerifyPublication.check("\(folder)/nowhere") }
    }

    @Test("latest can be verified through its link")
    func latest() throws {
        #expect(try VerifyPublication.check("\(outbox.runs)/latest").passed)
    }

    @Test("File names with line breaks and backslashes are written as sha256sum reads them")
    func strangeNames() throws {
        let staging = try outbox.stage()
        for name in ["line\nbreak", "back\\slash", "return\rcarriage", "  spaces "] {
            try Data(name.utf8).write(to: URL(filePath: "\(staging.folder)/\(name)"))
        }
        let published = try staging.publish(.succeeded)
        #expect(try outbox.sha256sum(published.folder) == 0)
        #expect(try VerifyPublication.check(published.folder).findings == [])
    }
}

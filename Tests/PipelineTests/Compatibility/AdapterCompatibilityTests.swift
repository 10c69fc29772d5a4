import Adapters
import Foundation
import ModelFiles
import Pipeline
import Publication
import Tensors
import TestSupport
import Testing

@Suite("Whether an adapter fits what it is laid on")
struct AdapterCompatibilityTests {
    private static func hash(_ digit: Character) -> String { String(repeating: digit, count: 64) }

    private let place = AdapterPlace(
        BaseIdentity(
            baseSHA256: hash("a"), tokenizerSHA256: hash("b"), tokenizerSHA256Version1: hash("1")), vocabularySize: 512,
        template: hash("c"))

    /// What an adapter's files say, and the field in which that differs.
    private struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var metadata: [String: String] = [:]
        var imported: ImportRecord.Base?
        var provenance: String?
        var differs: Incompatibility.Field?
        var made: String?

        var testDescription: String { name }
    }

    private static func base(
        _ sha256: Character, _ tokenizer: Character = "b", vocabulary: Int? = 512
    ) -> ImportRecord.Base {
        ImportRecord.Base(
            path: "base", sha256: hash(sha256), tokenizerSHA256: hash(tokenizer), vocabularySize: vocabulary)
    }

    private static func template(_ main: Character?, sources: [Character] = []) -> String {
        let datasets = sources.map { "{\"chat_template\": {\"sha256\": \"\(hash($0))\"}}" }.joined(separator: ", ")
        let own = main.map { "\"chat_template\": {\"sha256\": \"\(hash($0))\"}, " } ?? ""
        return "{\(own)\"datasets\": [\(datasets)]}"
    }

    private static let cases = [
        Case(name: "says nothing, as PEFT's files do"),
        Case(name: "names this base", metadata: ["lorad.base_sha256": hash("a"), "lorad.tokenizer_sha256": hash("b")]),
        Case(name: "names the tokenizer by its first hash", metadata: ["lorad.tokenizer_sha256": hash("1")]),
        Case(
            name: "names another base", metadata: ["lorad.base_sha256": hash("x")], differs: .base, made: hash("x")),
        Case(
            name: "names another tokenizer", metadata: ["lorad.tokenizer_sha256": hash("x")], differs: .tokenizer,
            made: hash("x")),
        Case(name: "was imported for this base", imported: base("a")),
        Case(name: "was imported for another base", imported: base("x"), differs: .base, made: hash("x")),
        Case(
            name: "was imported for another tokenizer", imported: base("a", "x"), differs: .tokenizer, made: hash("x")),
        Case(
            name: "was imported for another vocabulary", imported: base("a", vocabulary: 300), differs: .vocabularySize,
            made: "300"),
        Case(name: "was imported before sizes were recorded", imported: base("a", vocabulary: nil)),
        Case(name: "was trained without conversations", provenance: template(nil)),
        Case(name: "was trained with this template", provenance: template("c")),
        Case(
            name: "was trained with another template", provenance: template("x"), differs: .chatTemplate,
            made: hash("x")),
        Case(name: "was trained with this template for one of its sources", provenance: template("x", sources: ["c"])),
        Case(
            name: "was trained with others for its sources", provenance: template(nil, sources: ["x", "y"]),
            differs: .chatTemplate, made: hash("x")),
    ]

    @Test("One that", arguments: cases)
    private func differences(_ one: Case) throws {
        try withTemporaryFolder { folder in
            try SafetensorsWriter.write([], metadata: one.metadata, to: "\(folder)/adapter_model.safetensors")
            if let base = one.imported {
                let record = ImportRecord(
                    name: "tiny", source: "x", importedAt: Date(), importedBy: "x", method: "LoRA", base: base,
                    adapterRecordsBase: false)
                try record.encoded().write(to: URL(fileURLWithPath: "\(folder)/import.json"))
            }
            if let provenance = one.provenance {
                try Data(provenance.utf8).write(to: URL(fileURLWithPath: "\(folder)/provenance.json"))
            }
            let found = try AdapterCompatibility(folder: folder)
            #expect(found.differences(from: place).map(\.field) == [one.differs].compactMap(\.self))
            guard let made = one.made else { return try found.require(place) }
            let error = #expect(throws: AdaptersError.self) { try found.require(place) }
            #expect(error?.code == .mismatch)
            // The field, and both values.
            let field = try #require(one.differs)
            #expect(error?.message.contains("the \(field.rawValue) \(made)") == true)
            #expect(error?.message.hasSuffix(", not for \(found.differences(from: place)[0].found).") == true)
            // Where no template is applied none is compared.
            var plain = place
            plain.template = nil
            #expect(found.differences(from: plain).isEmpty == (field == .chatTemplate))
        }
    }
}

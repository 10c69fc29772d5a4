import Adapters
import Foundation
import TestSupport
import Testing
import Transformers

@Suite("Adapters of every family that past versions of lorad published (scripts/reference/families_peft.py)")
struct FamilyPastVersionsTests {
    /// Folders such as `families-0.1.0/gpt2`.
    static let folders: [String] = {
        let root = Fixtures.path("adapters")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.filter { $0.hasPrefix("families-") }.sorted().flatMap { version in
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(version)")) ?? []).sorted()
                .map { "\(version)/\($0)" }
        }
    }()

    @Test("There is one of each decoder family")
    func complete() { #expect(Self.folders.filter { $0.hasPrefix("families-0.1.0/") }.count == 10) }

    @Test("PEFT's logits with what lorad published are lorad's, within 3e-4 + 1e-4·|x|", arguments: folders)
    func logits(folder: String) throws {
        let fixture = FamilyFixture(name: String(folder.split(separator: "/")[1]))
        let model = try fixture.model()
        let batch = try fixture.batch().labelledEverywhere()
        let base = try model.logits(batch).values
        _ = try Adapter.load(folder: Fixtures.path("adapters/\(folder)"), into: model)
        let found = try model.logits(batch).values
        let expected = try Fixtures.tensor("logits", in: "adapters/\(folder)/peft_logits.safetensors").values
        #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-4) == nil)
        #expect(firstDifference(base, expected, relative: 1e-2, absolute: 1e-2) != nil, "the adapter changes nothing")
    }
}

import Adapters
import Foundation
import TestSupport
import Testing
import Transformers

@Suite("Adapters written by past versions of lorad (scripts/reference/lorad_adapter.py)")
struct PastVersionsTests {
    static let versions = ["lorad-0.1.0"]

    @Test("Every version that left an adapter is listed here")
    func complete() throws {
        let found = try FileManager.default.contentsOfDirectory(atPath: Fixtures.path("adapters"))
        #expect(found.filter { $0.hasPrefix("lorad-") }.sorted() == Self.versions)
    }

    @Test("An adapter trained by that version gives the logits that PEFT gives with it", arguments: versions)
    func logits(version: String) throws {
        let batch = try PackedBatch(reference: goldenList(Fixtures.json("llama-tiny/batch.json")))
        let model = try Fixtures.tinyModel()
        let base = try model.logits(batch.labelledEverywhere()).values
        _ = try Adapter.load(folder: Fixtures.path("adapters/\(version)"), into: model)
        let found = try model.logits(batch.labelledEverywhere()).values
        let expected = try Fixtures.tensor("logits", in: "adapters/\(version)/peft_logits.safetensors").values
        #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-4) == nil)
        #expect(firstDifference(base, expected, relative: 1e-1, absolute: 1e-1) != nil, "the adapter changes nothing")
    }
}

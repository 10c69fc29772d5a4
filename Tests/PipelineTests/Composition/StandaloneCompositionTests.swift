import Adapters
import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Transformers

@Suite("lorad compose")
struct StandaloneCompositionTests {
    private func compose(
        _ parents: [(String, Double)], _ method: String, density: Double? = nil, in folder: String, stop: Bool = false
    ) throws -> StandaloneComposition.Outcome {
        let method = try #require(CompositionMethod.all.first { $0.name == method })
        return try StandaloneComposition(
            base: Fixtures.path("llama-tiny/base"),
            parents: parents.map {
                Composition.Parent(name: $0.0, folder: Fixtures.path("compositions/\($0.0)"), weight: $0.1)
            },
            settings: CompositionSettings(method: method, density: density),
            hashCache: HashCache(file: folder + "/hashes.json"), shouldStop: { stop }
        ).run(to: folder + "/out")
    }

    @Test(
        "Every method's adapter is proven, and its files say what it was made of",
        arguments: CompositionMethod.all.map(\.name))
    func methods(name: String) throws {
        try withTemporaryFolder { folder in
            let method = try #require(CompositionMethod.all.first { $0.name == name })
            let density = method.needsDensity ? 0.5 : nil
            let outcome = try compose([("a", 0.7), ("b", 0.3)], name, density: density, in: folder)
            #expect(outcome.parity.passed)
            #expect(outcome.modules == 6)
            #expect(outcome.rank == (name == "cat" ? 8 : 4))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/out").sorted()
            #expect(names == ["adapter_config.json", "adapter_model.safetensors", "composition.json"])
            let made = try JSONReader.parse(file: folder + "/out/composition.json")
            #expect(made["method"]?.stringValue == name)
            #expect(made["format_version"]?.intValue == 1)
            #expect(made["base_sha256"]?.stringValue == outcome.baseSHA256)
            #expect((made["density"] != nil) == method.needsDensity)
            #expect((made["seed"] != nil) == method.takesSeed)
            #expect((made["majority_sign_method"] != nil) == method.takesMajority)
            let parents = try #require(made["parents"]?.arrayValue)
            #expect(parents.map { $0["name"]?.stringValue } == ["a", "b"])
            #expect(parents.map { $0["weight"]?.doubleValue } == [0.7, 0.3])
            for (parent, name) in try paired(parents, ["a", "b"]) {
                let path = Fixtures.path("compositions/\(name)/adapter_model.safetensors")
                #expect(parent["weights_sha256"]?.stringValue == (try ContentHash.ofFile(path)))
            }
            // What was made records its base, so that it goes on no other.
            #expect(try Adapter.recordedBase(folder: folder + "/out") == outcome.baseSHA256)
        }
    }

    @Test("Parents that cancel are no adapter; they and a stop leave nothing")
    func nothing() throws {
        try withTemporaryFolder { folder in
            #expect(throws: (any Error).self) { try compose([("a", 1), ("a", -1)], "cat", in: folder) }
            #expect(throws: (any Error).self) { try compose([("a", 1), ("b", 1)], "cat", in: folder, stop: true) }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "hashes.json" }
            #expect(left.isEmpty)
        }
    }
}

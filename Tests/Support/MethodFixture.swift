import Foundation
import ModelFiles
import Tensors
import Transformers

/// An adapter of one method that PEFT wrote, with what PEFT computes; `scripts/reference/adapter_methods.py`. Of
/// bottlenecks, which PEFT has not, PyTorch's; `scripts/reference/bottleneck.py`.
package struct MethodFixture: Sendable, CustomStringConvertible {
    package let name: String

    /// Every folder of `Tests/Fixtures/methods`.
    package static let all: [MethodFixture] = {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.path("methods"))) ?? []
        return found.sorted().filter { !$0.hasSuffix(".md") }.map(MethodFixture.init)
    }()

    /// Those that can be merged.
    package static let mergeable = all.filter { (try? $0.tensor("merged_logits")) != nil }

    package var description: String { name }
    package var folder: String { Fixtures.path("methods/\(name)") }

    package func reference() throws -> JSONValue { try Fixtures.json("methods/\(name)/reference.json") }

    package func tensor(_ key: String) throws -> Matrix {
        try Fixtures.tensor(key, in: "methods/\(name)/reference.safetensors")
    }

    /// The folder of the base, and the document that holds its rows and batches.
    private func place() throws -> (folder: String, rows: JSONValue?, batches: JSONValue?) {
        let base = try reference()["base"]?.stringValue ?? ""
        guard base == "llama-tiny" else {
            let document = try Fixtures.json("\(base)/reference.json")
            return (Fixtures.path(base), document["rows"], document["batches"])
        }
        let training = try Fixtures.json("llama-tiny/training.json")
        return (Fixtures.path("llama-tiny/base"), try Fixtures.json("llama-tiny/batch.json"), training["batches"])
    }

    package func base() throws -> BaseModelFiles { try BaseModelFiles(path: place().folder) }

    package func model(dtype: DType = .float32) throws -> LanguageModel {
        try LanguageModel.load(base(), dtype: dtype)
    }

    /// The rows whose logits and gradients are compared.
    package func batch() throws -> PackedBatch { try PackedBatch(reference: goldenList(place().rows)) }

    /// The batches of the training steps.
    package func trainingBatches() throws -> [PackedBatch] {
        try goldenList(place().batches).map { try PackedBatch(reference: goldenList($0)) }
    }

    /// How many times A's learning rate B's is, of LoRA+.
    package func rateRatio() throws -> Double { try reference()["lora_plus_ratio"]?.doubleValue ?? 1 }

    package func losses() throws -> [Double] {
        try goldenNumbers(reference()["losses"])
    }
}

import Foundation
import ModelFiles
import Tensors
import Transformers

/// One folder of Tests/Fixtures/families: a tiny model of a family with transformers' and PEFT's values of it.
package struct FamilyFixture: Sendable, CustomStringConvertible {
    package let name: String

    package init(name: String) { self.name = name }

    /// Every decoder's folder, by name.
    package static let decoders: [FamilyFixture] = {
        let root = Fixtures.path("families")
        do {
            // Files beside the folders say how these were made.
            let folders = try FileManager.default.contentsOfDirectory(atPath: root).filter { !$0.contains(".") }
            let decoders = try folders.sorted().filter { name in
                let reference = try JSONReader.parse(file: "\(root)/\(name)/reference.json")
                return reference["losses"] != nil && reference["task"] == nil
            }
            return decoders.map { FamilyFixture(name: $0) }
        } catch { fatalError("\(root): a fixture cannot be read: \(error)") }
    }()

    /// Names of the .gguf files of Tests/Fixtures/gguf-families.
    package static let ggufs: [String] = {
        let folder = Fixtures.path("gguf-families")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder), !names.isEmpty else {
            fatalError("\(folder) holds no fixture")
        }
        return names.filter { $0.hasSuffix(".gguf") }.map { String($0.dropLast(".gguf".count)) }.sorted()
    }()

    /// Those of encoders, whose values are those of a classifier: `ClassifierCase` has them.
    package static let encoderGGUFs: Set<String> = {
        let encoders = ModelFamilies.all.filter(\.isEncoder).compactMap(\.files.gguf.architecture?.name)
        return Set(encoders)
    }()

    /// The adapters in each folder.
    package static let adapters = ["all-linear", "usual"]

    package var description: String { name }
    package var folder: String { Fixtures.path("families/\(name)") }

    package func adapterFolder(_ adapter: String) -> String { "\(folder)/\(adapter)" }

    package func base() throws -> BaseModelFiles { try BaseModelFiles(path: folder) }

    package func model(dtype: DType = .float32) throws -> LanguageModel {
        try LanguageModel.load(base(), dtype: dtype)
    }

    package func tensor(_ name: String) throws -> Matrix {
        try Fixtures.tensor(name, in: "families/\(self.name)/reference.safetensors")
    }

    package func reference() throws -> JSONValue { try Fixtures.json("families/\(name)/reference.json") }

    /// The rows whose logits and gradients are compared.
    package func batch() throws -> PackedBatch { try PackedBatch(reference: goldenList(reference()["rows"])) }

    /// The batches of the ten training steps.
    package func trainingBatches() throws -> [PackedBatch] {
        try goldenList(reference()["batches"]).map { try PackedBatch(reference: goldenList($0)) }
    }

    /// The losses of those steps with an adapter.
    package func losses(_ adapter: String) throws -> [Double] {
        try goldenNumbers(reference()["losses"]?[adapter])
    }
}

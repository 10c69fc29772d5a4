import ModelFiles
import Tensors
import Transformers

/// One folder of Tests/Fixtures/classifiers, written by scripts/reference/classifiers.
package struct ClassifierCase: Sendable, CustomStringConvertible {
    package static let names =
        ["bert-pair", "bert-regression", "bert-headless", "bert-gguf", "roberta", "llama", "opt-350m"] + deberta
    package static let deberta = [
        "deberta-v3", "deberta-v3-encoder", "deberta-v2-convolution", "deberta-v2-regression", "deberta-v2-c2p",
        "deberta-v2-p2c", "deberta-v2-absolute", "deberta-v2-long", "deberta", "deberta-encoder", "deberta-regression",
        "deberta-c2p", "deberta-absolute",
    ]
    package static let all = names.map { ClassifierCase(name: $0) }

    package let name: String
    package var description: String { name }
    package var basePath: String {
        Fixtures.path("classifiers/\(name)/base" + (name.hasSuffix("-gguf") ? "/base.gguf" : ""))
    }
    package var adapterFolder: String { Fixtures.path("classifiers/\(name)/adapter") }

    package init(name: String) { self.name = name }

    package func document() throws -> JSONValue { try Fixtures.json("classifiers/\(name)/case.json") }

    package func tensor(_ key: String) throws -> Matrix {
        try Fixtures.tensor(key, in: "classifiers/\(name)/values.safetensors")
    }

    package func task() throws -> ClassificationTask {
        let labels = try document()["labels"]?.intValue ?? 0
        return ClassificationTask(classes: labels == 1 ? nil : labels, seed: 1)
    }

    /// The base with a head, the checkpoint's or a fresh one.
    package func model(dtype: DType = .float32) throws -> LanguageModel {
        let base = try BaseModelFiles(path: basePath)
        guard name.hasSuffix("-gguf") else { return try LanguageModel.load(base, dtype: dtype, task: task()) }
        // A GGUF does not say that the reference has no dropout.
        let members = base.configuration.fields.members + [("classifier_dropout", .number(0))]
        return try LanguageModel.load(OtherConfiguration(base: base, members: members), dtype: dtype, task: task())
    }

    /// The rows whose logits and gradients are known.
    package func batch() throws -> PackedBatch { try batch(try goldenList(document()["rows"])) }

    /// Ten steps' rows.
    package func batches() throws -> [PackedBatch] {
        try goldenList(document()["batches"]).map { try batch(try goldenList($0)) }
    }

    package func batch(_ rows: [JSONValue]) throws -> PackedBatch {
        let pooling = try ModelFamilies.named(BaseModelFiles(path: basePath).configuration.modelType).pooling
        var batch = PackedBatch()
        for row in rows {
            let ids = try goldenIntegers(row["ids"])
            let types = row["types"] == nil ? [] : try goldenIntegers(row["types"])
            let position = pooling.position(count: ids.count)
            if name.hasSuffix("regression") {
                let value = Float(row["label"]?.doubleValue ?? .nan)
                batch.append(tokens: ids, types: types, position: position, value: value)
            } else {
                batch.append(tokens: ids, types: types, position: position, class: row["label"]?.intValue ?? -1)
            }
        }
        return batch
    }
}

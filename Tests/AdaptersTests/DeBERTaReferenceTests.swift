import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite(
    "DeBERTa against transformers (scripts/reference/classifiers/deberta.py); its adapters are ClassifierReferenceTests'"
)
struct DeBERTaReferenceTests {
    private static let withHead = ClassifierCase.deberta.filter { !$0.hasSuffix("-encoder") }

    @Test("The base gives transformers' logits of its own head, on every row of the last layer", arguments: withHead)
    func everyRow(name: String) throws {
        let golden = ClassifierCase(name: name)
        let model = try golden.model()
        #expect(try #require(model.classifier).isFresh == false)
        let base = try golden.tensor("base.logits")
        #expect(
            firstDifference(try model.logits(golden.batch()).values, base.values, relative: 1e-4, absolute: 2e-5) == nil
        )

        let every = try golden.tensor("every.logits")
        var start = 0
        for row in try goldenList(golden.document()["rows"]) {
            let ids = try goldenIntegers(row["ids"])
            let types = row["types"] == nil ? [] : try goldenIntegers(row["types"])
            // Some of a long row's: each costs a run of the whole row.
            for position in stride(from: 0, to: ids.count, by: max(1, ids.count / 12)) {
                var batch = PackedBatch()
                batch.append(tokens: ids, types: types, position: position, class: 0)
                let expected = every.rows((start + position)..<(start + position + 1)).values
                let found = try model.logits(batch).values
                #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-5) == nil, "row \(position)")
            }
            start += ids.count
        }
        #expect(start == every.rows)
    }

    @Test(
        "With dropout the gradients are those of the loss, where adapters act on tokens and on positions",
        arguments: ["deberta-v3", "deberta-v2-regression", "deberta"])
    func dropout(name: String) throws {
        let golden = ClassifierCase(name: name)
        let model = try golden.model()
        let narrow = name == "deberta-v2-regression" ? ["embed_proj"] : []
        let targets = (name == "deberta" ? ["in_proj", "pos_proj"] : ["query_proj", "key_proj"]) + narrow
        let adapter = try Adapter.attach(
            AdapterConfiguration(rank: 2, alpha: 8, dropout: 0.3, targets: targets), to: model, seed: 5)
        for module in adapter.modules {
            for row in 0..<module.b.value.rows {
                for column in 0..<2 { module.b.value[row, column] = 0.2 * Float((row * 7 + column * 3) % 5 - 2) }
            }
        }
        let batch = try golden.batch()
        func loss() throws -> Double { try model.trainingStep(batch, lossScale: 1, step: 3) }
        _ = try loss()
        // Every step adds to the gradients: the first one's are kept.
        let gradients = adapter.modules.flatMap { [$0.a, $0.b] }.map { parameter in
            (parameter, Matrix(parameter.gradient.values, rows: parameter.value.rows, columns: parameter.value.columns))
        }
        for (parameter, gradient) in gradients {
            // float32 leaves few digits to a difference; a few elements of every matrix will do.
            for row in stride(from: 0, to: gradient.rows, by: max(1, gradient.rows / 2)) {
                let column = gradient.columns / 2
                let value = parameter.value[row, column]
                parameter.value[row, column] = value + 4e-3
                let above = try loss()
                parameter.value[row, column] = value - 4e-3
                let below = try loss()
                parameter.value[row, column] = value
                let expected = (above - below) / 8e-3
                let difference = abs(Double(gradient[row, column]) - expected)
                #expect(difference <= 2e-2 * max(0.5, abs(expected)), "\(parameter.name) [\(row), \(column)]")
            }
        }
    }

    @Test("A step's gradients do not depend on how it is cut into batches, dropout included")
    func cuts() throws {
        let golden = ClassifierCase(name: "deberta-v3")
        let rows = try goldenList(golden.document()["rows"])
        func gradients(_ cuts: [Range<Int>]) throws -> [Float] {
            let model = try golden.model()
            let adapter = try Adapter.attach(
                AdapterConfiguration(rank: 2, alpha: 8, dropout: 0.3, targets: ["query_proj", "key_proj"]), to: model,
                seed: 5)
            for module in adapter.modules { module.b.value.fill(0.1) }
            var (firstRow, firstLabel) = (0, 0)
            for cut in cuts {
                var batch = try golden.batch(Array(rows[cut]))
                batch.firstRow = firstRow
                batch.firstLabel = firstLabel
                _ = try model.trainingStep(batch, lossScale: 1, step: 7)
                firstRow += batch.rowCount
                firstLabel += cut.count
            }
            return adapter.parameters.flatMap(\.gradient.values)
        }
        let (whole, cut) = (try gradients([0..<rows.count]), try gradients([0..<1, 1..<rows.count]))
        #expect(firstDifference(cut, whole, relative: 1e-4, absolute: 1e-5) == nil)
    }

    @Test("Merged and read back, the weights give the logits of PEFT's merge", arguments: ClassifierCase.deberta)
    func merged(name: String) throws {
        try withTemporaryFolder { folder in
            let golden = ClassifierCase(name: name)
            let base = try BaseModelFiles(path: golden.basePath)
            let model = try golden.model()
            let adapter = try Adapter.load(folder: golden.adapterFolder, into: model)
            try MergedWeights.writeOverlay(adapter, base: base, dtype: .f32, to: "\(folder)/merged.safetensors")
            let source = try MergedSource(base: base, overlay: "\(folder)/merged.safetensors")
            let merged = try LanguageModel.load(source, dtype: .float32, task: golden.task())
            let expected = try golden.tensor("merged.logits").values
            #expect(
                firstDifference(try merged.logits(golden.batch()).values, expected, relative: 1e-4, absolute: 2e-5)
                    == nil)
        }
    }

    @Test(
        "A setting that lorad does not compute is refused by its name",
        arguments: [
            ("deberta", "\"talking_head\": true", "talking_head"),
            ("deberta", "\"pos_att_type\": [\"c2p\", \"x2y\"]", "pos_att_type names 'x2y'"),
            ("deberta", "\"pos_att_type\": 3", "pos_att_type is"),
            ("deberta", "\"pooler_hidden_size\": 12", "pooler_hidden_size"),
            ("deberta", "\"num_attention_heads\": 5", "5 attention heads"),
            ("deberta-v3", "\"position_buckets\": 200", "position_buckets"),
            ("deberta-v3", "\"attention_head_size\": 3", "attention_head_size"),
            ("deberta-v3", "\"max_relative_positions\": 4194304", "positions"),
            ("deberta-v2-convolution", "\"conv_kernel_size\": 4", "conv_kernel_size"),
            ("deberta-v2-convolution", "\"conv_groups\": 5", "conv_groups"),
            ("deberta-v2-convolution", "\"conv_act\": \"sine\"", "conv_act"),
            ("deberta-v3", "\"pooler_hidden_act\": \"sine\"", "pooler_hidden_act"),
        ])
    func refused(name: String, setting: String, complaint: String) throws {
        try withTemporaryFolder { folder in
            let golden = ClassifierCase(name: name)
            try FileManager.default.copyItem(atPath: golden.basePath, toPath: "\(folder)/base")
            let path = "\(folder)/base/config.json"
            let key = setting.prefix { $0 != ":" }
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            // A list's lines go with its key.
            var kept: [Substring] = []
            var inList = false
            for line in lines {
                if line.contains(key) {
                    inList = line.hasSuffix("[")
                } else if !inList {
                    kept.append(line)
                } else if line.contains("]") {
                    inList = false
                }
            }
            let text = "{" + setting + ",\n" + kept.joined(separator: "\n").dropFirst()
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: (any Error).self) {
                try LanguageModel.load(BaseModelFiles(path: folder + "/base"), dtype: .float32, task: golden.task())
            }
            let told = (error as? any LocalizedError)?.errorDescription ?? "none"
            #expect(told.contains(complaint), "\(told)")
        }
    }

    @Test("Absolute positions that a checkpoint keeps without using them are let be")
    func unusedPositions() throws {
        try withTemporaryFolder { folder in
            let golden = ClassifierCase(name: "deberta-v3")
            let base = try BaseModelFiles(path: golden.basePath)
            try FileManager.default.copyItem(atPath: golden.basePath, toPath: "\(folder)/base")
            let name = "deberta.embeddings.position_embeddings.weight"
            var entries = [TensorEntry(name: name, matrix: Matrix(rows: 64, columns: 24))]
            for tensor in base.tensorNames {
                let info = try #require(base.info(tensor))
                let matrix = Matrix(rows: info.rows, columns: info.columns)
                try base.read(tensor, into: matrix)
                entries.append(TensorEntry(name: tensor, matrix: matrix, shape: info.shape))
            }
            try SafetensorsWriter.write(entries, metadata: ["format": "pt"], to: "\(folder)/base/model.safetensors")
            let model = try LanguageModel.load(
                BaseModelFiles(path: "\(folder)/base"), dtype: .float32, task: golden.task())
            let expected = try golden.model().logits(golden.batch()).values
            #expect(try model.logits(golden.batch()).values == expected)
        }
    }
}

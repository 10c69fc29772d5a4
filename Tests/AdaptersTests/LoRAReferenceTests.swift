import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("LoRA against PEFT's values (scripts/reference/llama_tiny.py)")
struct LoRAReferenceTests {
    private func batch() throws -> PackedBatch {
        try PackedBatch(reference: goldenList(Fixtures.json("llama-tiny/batch.json")))
    }

    @Test(
        "An adapter that PEFT wrote gives PEFT's logits",
        arguments: [("all-linear", "all_linear"), ("query-value", "query_value")])
    func logits(folder: String, golden: String) throws {
        let model = try Fixtures.tinyModel()
        _ = try Adapter.load(folder: Fixtures.path("adapters/\(folder)"), into: model)
        let expected = try Fixtures.tensor("\(golden).logits", in: "llama-tiny/forward.safetensors")
        let found = try model.logits(batch().labelledEverywhere())
        #expect(firstDifference(found.values, expected.values, relative: 1e-4, absolute: 3e-4) == nil)
    }

    @Test(
        "Gradients of every A and B equal PyTorch's, tensor by tensor",
        arguments: [("all-linear", "all_linear"), ("query-value", "query_value")])
    func gradients(folder: String, golden: String) throws {
        let model = try Fixtures.tinyModel()
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/\(folder)"), into: model)
        let batch = try batch()
        _ = try model.trainingStep(batch, lossScale: 1 / Float(batch.labelRows.count), step: 0)
        for module in adapter.modules {
            for (letter, parameter) in [("A", module.a), ("B", module.b)] {
                let name = "\(golden).\(module.slot.name).lora_\(letter)"
                let expected = try Fixtures.tensor(name, in: "llama-tiny/gradients.safetensors")
                let difference = firstDifference(
                    parameter.gradient.values, expected.values, relative: 1e-3, absolute: 1e-4)
                #expect(difference == nil, "\(name)")
            }
        }
    }

    @Test(
        "In bfloat16 every gradient points where PyTorch's does, as long within 3%",
        arguments: [("all-linear", "all_linear"), ("query-value", "query_value")])
    func bfloat16(folder: String, golden: String) throws {
        let model = try Fixtures.tinyModel(dtype: .bfloat16)
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/\(folder)"), into: model)
        let batch = try batch()
        _ = try model.trainingStep(batch, lossScale: 1 / Float(batch.labelRows.count), step: 0)
        for module in adapter.modules {
            for (letter, parameter) in [("A", module.a), ("B", module.b)] {
                let name = "\(golden).\(module.slot.name).lora_\(letter)"
                let expected = try Fixtures.tensor(name, in: "llama-tiny/gradients.safetensors").values
                let found = parameter.gradient.values
                func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0 * $1.1) } }
                let cosine = dot(found, expected) / (dot(found, found) * dot(expected, expected)).squareRoot()
                let ratio = (dot(found, found) / dot(expected, expected)).squareRoot()
                #expect(cosine > 0.998, "\(name)")
                #expect(abs(ratio - 1) < 0.03, "\(name)")
            }
        }
    }

    @Test(
        "Activation checkpointing changes no bit of loss or gradient", arguments: DType.allCases,
        [["q_proj", "v_proj"], ["all-linear"], ["down_proj"]])
    func checkpointing(dtype: DType, targets: [String]) throws {
        func step(checkpointing: Bool) throws -> (loss: Double, gradients: [Float]) {
            let model = try Fixtures.tinyModel(dtype: dtype)
            model.activationCheckpointing = checkpointing
            let lora = AdapterConfiguration(rank: 4, alpha: 8, dropout: 0.3, targets: targets)
            let adapter = try Adapter.attach(lora, to: model, seed: 7)
            for module in adapter.modules {
                module.b.value.copy(from: Matrix(noise(module.b.value), rows: module.b.value.rows, columns: 4))
            }
            let loss = try model.trainingStep(batch(), lossScale: 1, step: 3)
            return (loss, adapter.parameters.flatMap(\.gradient.values))
        }
        let (kept, again) = (try step(checkpointing: false), try step(checkpointing: true))
        #expect(again.loss == kept.loss)
        #expect(again.gradients == kept.gradients)
    }

    @Test("Tokens after the last label change neither loss nor gradient")
    func tokensAfterTheLastLabel() throws {
        func step(_ append: (inout PackedBatch, [Int], [(position: Int, target: Int)]) -> Void) throws -> [Float] {
            var batch = PackedBatch()
            for row in 0..<3 {
                append(&batch, (0..<(9 + row)).map { ($0 * 31 + row) % 300 + 3 }, [(2, 7), (4 + row, 9)])
            }
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
            return [Float(try model.trainingStep(batch, lossScale: 1, step: 0))]
                + adapter.parameters.flatMap(\.gradient.values)
        }
        let whole = try step { $0.append(tokens: $1, labels: $2) }
        let cut = try step { $0.appendLabelled(tokens: $1, labels: $2) }
        #expect(firstDifference(cut, whole, relative: 1e-5, absolute: 1e-5) == nil)
    }

    @Test("Cutting a step into batches changes no gradient")
    func accumulation() throws {
        let rows = try goldenList(Fixtures.json("llama-tiny/batch.json"))
        func gradients(_ batches: [PackedBatch]) throws -> [Float] {
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
            for batch in batches { _ = try model.trainingStep(batch, lossScale: 0.125, step: 0) }
            return adapter.parameters.flatMap(\.gradient.values)
        }
        let whole = try gradients([try PackedBatch(reference: rows)])
        let cut = try gradients(rows.map { try PackedBatch(reference: [$0]) })
        #expect(firstDifference(cut, whole, relative: 1e-4, absolute: 1e-5) == nil)
    }

    @Test("With dropout the loss's slope along the gradient is the gradient's norm")
    func finiteDifference() throws {
        let model = try Fixtures.tinyModel()
        let configuration = AdapterConfiguration(rank: 4, alpha: 8, dropout: 0.3, targets: ["all-linear"])
        let adapter = try Adapter.attach(configuration, to: model, seed: 7)
        for module in adapter.modules {
            module.b.value.copy(from: Matrix(noise(module.b.value), rows: module.b.value.rows, columns: 4))
        }
        let batch = try batch()
        _ = try model.trainingStep(batch, lossScale: 1, step: 3)
        let gradients = adapter.parameters.map { $0.gradient.values }
        let norm = gradients.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        func loss(at distance: Double) throws -> Double {
            for (parameter, gradient) in try paired(adapter.parameters, gradients) {
                let moved = zip(parameter.value.values, gradient).map { $0 + Float(distance / norm) * $1 }
                parameter.value.copy(from: Matrix(moved, rows: parameter.value.rows, columns: parameter.value.columns))
            }
            return try model.trainingStep(batch, lossScale: 0, step: 3)
        }
        let step = 2e-3
        let up = try loss(at: step)
        let down = try loss(at: -2 * step)
        #expect(abs((up - down) / (2 * step) - norm) < 0.01 * norm)
    }

    private func noise(_ matrix: Matrix) -> [Float] {
        let random = Philox(seed: 11, streamNumber: 5)
        return (0..<(matrix.rows * matrix.columns)).map { random.uniform(step: 0, position: UInt64($0)) * 0.2 - 0.1 }
    }
}

import Adapters
import Foundation
import Manifests
import ModelFiles
import Pipeline
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// What is predicted against what two training steps took, by the figures of those who hold it: the arenas, the adapter,
/// the optimizer. They are the same on every machine and at every load.
@Suite("Predicted memory")
struct MemoryPredictionTests {
    /// A base made for the test, and how it is trained.
    struct Shape: Sendable, CustomTestStringConvertible {
        var name: String
        var hidden = 64
        var intermediate = 128
        var layers = 2
        var vocabulary = 320
        var rank = 8
        var rows = 16
        var length = 64
        var microBatch = 1024
        var checkpoints = false
        var method = "lora"
        var beginning = LowRankBeginning.kaiming
        var dropout: Float = 0
        var keepsBest = false

        var testDescription: String { name }
    }

    static let cases: [Shape] = [
        Shape(name: "a high rank", hidden: 256, intermediate: 512, rank: 256),
        Shape(name: "a wide vocabulary, more labels than 384", vocabulary: 32_000, rows: 16, length: 64),
        Shape(name: "long rows", layers: 4, rows: 4, length: 250),
        Shape(name: "long rows, activations computed again", layers: 4, rows: 4, length: 250, checkpoints: true),
        Shape(name: "the best values kept", hidden: 256, intermediate: 512, rank: 64, keepsBest: true),
        Shape(name: "DoRA", layers: 4, rows: 8, length: 128, method: "dora"),
        Shape(
            name: "DoRA with dropout, a high rank", hidden: 256, intermediate: 512, rank: 64, method: "dora",
            dropout: 0.1),
        Shape(name: "(IA)³", layers: 4, rows: 8, length: 128, method: "ia3"),
        Shape(name: "prompt tuning", layers: 4, rows: 8, length: 128, method: "prompt"),
        Shape(name: "prefix tuning", layers: 4, rows: 8, length: 128, method: "prefix"),
        Shape(name: "bottlenecks", layers: 4, rows: 8, length: 128, method: "bottleneck"),
        Shape(name: "PiSSA", hidden: 256, intermediate: 512, rank: 32, beginning: .pissa),
        Shape(name: "every parameter", hidden: 128, intermediate: 256, layers: 4, rows: 8, length: 128, method: "full"),
        Shape(
            name: "every parameter, a wide vocabulary, activations computed again", hidden: 256, intermediate: 512,
            layers: 4, vocabulary: 8_000, rows: 4, length: 250, checkpoints: true, method: "full"),
    ]

    /// Writes a Llama of this shape, its weights small and regular.
    private func base(_ shape: Shape, in folder: String) throws -> BaseModelFiles {
        let tiny = Fixtures.path("llama-tiny/base")
        var text = try String(contentsOfFile: tiny + "/config.json", encoding: .utf8)
        for (key, old, new) in [
            ("hidden_size", 32, shape.hidden), ("intermediate_size", 64, shape.intermediate),
            ("head_dim", 8, shape.hidden / 4), ("num_key_value_heads", 2, 4), ("num_hidden_layers", 2, shape.layers),
            ("vocab_size", 320, shape.vocabulary),
        ] {
            text = text.replacingOccurrences(of: "\"\(key)\": \(old)", with: "\"\(key)\": \(new)")
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
        try FileManager.default.copyItem(atPath: tiny + "/tokenizer.json", toPath: folder + "/tokenizer.json")
        let (d, m) = (shape.hidden, shape.intermediate)
        var tensors = [("model.embed_tokens.weight", [shape.vocabulary, d]), ("model.norm.weight", [d])]
        for layer in 0..<shape.layers {
            let place = "model.layers.\(layer)."
            for name in ["q", "k", "v", "o"] { tensors.append((place + "self_attn.\(name)_proj.weight", [d, d])) }
            for name in ["gate", "up"] { tensors.append((place + "mlp.\(name)_proj.weight", [m, d])) }
            tensors.append((place + "mlp.down_proj.weight", [d, m]))
            for name in ["input", "post_attention"] { tensors.append((place + "\(name)_layernorm.weight", [d])) }
        }
        let entries = tensors.map { name, size in
            TensorEntry(name: name, shape: size) {
                let matrix = Matrix(rows: size.count == 1 ? 1 : size[0], columns: size.last ?? 1)
                for row in 0..<matrix.rows {
                    for column in 0..<matrix.columns { matrix[row, column] = Float((row * 31 + column) % 17) / 400 }
                }
                return matrix
            }
        }
        try SafetensorsWriter.write(entries, to: folder + "/model.safetensors")
        return try BaseModelFiles(path: folder)
    }

    private func manifest(_ shape: Shape, base: String) throws -> JobManifest {
        let text = """
            name: job
            base: {path: \(base), sha256: \(String(repeating: "a", count: 64))}
            dataset: train.jsonl
            adapter: {rank: \(shape.rank), targets: all-linear}
            training: {max_steps: 2, dtype: float32, activation_checkpointing: \(shape.checkpoints)}
            """
        return try ManifestDocument.load(bytes: Array(text.utf8), file: "job.yaml", pipelinesFolder: base).manifest
    }

    @Test(
        "Adapter, gradients and moments exactly; activations and logits within what two steps took",
        arguments: MemoryPredictionTests.cases)
    func prediction(_ shape: Shape) throws {
        let folder = try TemporaryFolder()
        let files = try base(shape, in: folder.path)
        let manifest = try manifest(shape, base: folder.path)
        let model = try LanguageModel.load(files, dtype: .float32)
        model.activationCheckpointing = shape.checkpoints
        // Rows that do not begin alike: shared beginnings are computed once.
        let examples = (0..<shape.rows).map { row in
            TokenizedExample(
                tokens: (0..<shape.length).map { (row * 13 + $0 * 7) % 300 + 3 },
                labelPositions: Array(0..<(shape.length - 1)))
        }
        var plan = TrainingConfiguration(steps: 2)
        (plan.batchSize, plan.microBatchTokens, plan.checkpointEvery) = (shape.rows, shape.microBatch, 0)
        plan.keepsBest = shape.keepsBest
        var configuration = AdapterConfiguration(
            method: try AdapterMethods.named(shape.method), rank: shape.rank, alpha: 16, dropout: shape.dropout,
            targets: shape.method == "full" ? [] : ["all-linear"])
        configuration.beginning = shape.beginning
        if shape.method == "ia3" { configuration.feedforward = ["k_proj", "down_proj"] }
        let demand = try AdapterDemand(configuration, on: model)
        let predicted = MemoryPrediction(
            manifest, files.configuration, plan, parameters: files.parameterCount,
            tokens: TrainingPlan.largestMicroBatch(examples, plan),
            labelledRows: TrainingPlan.mostLabels(
                examples, plan, atMost: TrainingPlan.largestMicroBatch(examples, plan)),
            task: .language
        ).with(demand, on: model)

        let adapter = try Adapter.attach(configuration, to: model, seed: 1)
        let result = try Trainer(
            model: model, trainable: adapter, configuration: plan, examples: examples, validation: []
        ).run()
        #expect(result.losses.count == 2)
        let held = adapter.parameters.reduce(0) {
            $0 + 4 * ($1.value.rows * $1.value.columns + $1.gradient.rows * $1.gradient.columns)
        }
        let constants = adapter.constants.reduce(0) { $0 + 4 * $1.matrix.rows * $1.matrix.columns }
        #expect((constants > 0) == (shape.beginning == .pissa))
        // What is trained in its place is no memory beside the weights.
        let inPlace = shape.method == "full" ? held / 2 : 0
        #expect(4 * demand.elementsInPlace == inPlace)
        #expect(predicted.trained == held - inPlace + constants)
        let copy = shape.keepsBest ? held / 2 : 0
        #expect(predicted.optimizer == AdamW(adapter.parameters, weightDecay: 0).bytes + copy)
        #expect(plan.checkpointBytes(elements: adapter.parameterCount) == held / 2 + predicted.optimizer)
        let taken = model.peakActivationBytes
        #expect(
            taken <= predicted.arenas && predicted.arenas <= 2 * taken,
            "\(predicted.arenas >> 10) KiB predicted, \(taken >> 10) KiB taken")
        #expect(predicted.peak >= predicted.weights + taken + held - inPlace + predicted.optimizer)
    }

    @Test("A rank whose adapter and optimizer do not fit is refused before it takes its memory, and told so")
    func rank() throws {
        let folder = try TemporaryFolder()
        let shape = Shape(name: "", hidden: 256, intermediate: 512, rank: 256)
        _ = try base(shape, in: folder.path)
        let bench = try JobBench(folder: folder.path, base: folder.path)
        let lines = "adapter: {rank: 256, targets: all-linear}"
        let whole = try bench.check(lines).predictedPeakMemoryBytes
        // Of 14 pairs: A and B, their gradients, and the optimizer's two moments.
        let elements = 256 * 2 * (4 * 512 + 3 * 768)
        #expect(whole > (150 << 20) + 16 * elements)
        let small = try bench.check("adapter: {rank: 1, targets: all-linear}").predictedPeakMemoryBytes
        var environment = bench.environment()
        environment.limits.memoryBytes = (small + whole) / 2
        let error = #expect(throws: PipelineError.self) {
            _ = try JobPipeline(bench.document(lines), environment: environment).check()
        }
        let told = error?.mistakes.lines.joined() ?? ""
        #expect(told.contains("adapter.rank") && told.contains("MiB of memory"), "\(told)")
    }

    @Test("What a job writes to one file system is added up; to two, looked at by itself")
    func disks() throws {
        let folder = try TemporaryFolder()
        for name in ["work", "outbox"] {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/" + name, withIntermediateDirectories: false)
        }
        let one = FreeDisk.byFileSystem([(folder.path + "/work", 3), (folder.path + "/outbox", 4)])
        #expect(one.map(\.bytes) == [7])
        #expect(one.first?.folder == folder.path + "/work")
        let two = FreeDisk.byFileSystem([(folder.path, 3), ("/proc", 4), (folder.path + "/outbox", 5), ("/none", 6)])
        #expect(two.map(\.bytes) == [8, 4, 6])
    }
}

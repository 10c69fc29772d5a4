import Adapters
import Foundation
import ModelFiles
import Tensors
import Training
import Transformers

/// A checkpoint that a run resumes from. What the bytes lack, and the run's fingerprint, are taken from a whole one, so
/// that most of what is tried gets past the file's own checks.
package struct CheckpointTarget: FuzzTarget {
    package static let name = "checkpoint"

    private static let steps = 3
    private let scratch: ScratchFolder
    private let model: LanguageModel
    private let adapter: Adapter
    private let whole: SafetensorsFile

    package init() throws {
        scratch = try ScratchFolder()
        for name in ["config.json", "model.safetensors"] { try scratch.copy("llama-tiny/base/\(name)", as: name) }
        model = try LanguageModel.load(BaseModelFiles(path: scratch.path), dtype: .float32)
        adapter = try Adapter.attach(
            AdapterConfiguration(rank: 2, alpha: 4, targets: ["q_proj"]), to: model, seed: 1)
        let path = scratch.path + "/whole.safetensors"
        _ = try? Self.trainer(model, adapter).run(checkpoint: path, shouldStop: { true })
        whole = try SafetensorsFile(path: path)
    }

    private static func trainer(_ model: LanguageModel, _ adapter: Adapter) -> Trainer {
        let examples = (1...2).map { TokenizedExample(tokens: [$0, 5, 6, 7], labelPositions: [1, 2]) }
        return Trainer(
            model: model, trainable: adapter, configuration: TrainingConfiguration(steps: steps), examples: examples,
            validation: examples)
    }

    package func check(_ bytes: [UInt8]) throws {
        let path = try scratch.write(bytes, as: "foreign.safetensors")
        guard let file = try accepted({ try SafetensorsFile(path: path) }) else { return }
        var metadata = whole.metadata.merging(file.metadata) { $1 }
        metadata["run"] = whole.metadata["run"]
        let entries = try whole.tensors.values.sorted { $0.name < $1.name }.map { info in
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            try whole.read(info.name, into: matrix)
            if file.tensors[info.name] != nil { _ = try accepted { try file.read(info.name, into: matrix) } }
            return TensorEntry(name: info.name, matrix: matrix, shape: info.shape)
        }
        let checkpoint = scratch.path + "/checkpoint.safetensors"
        try SafetensorsWriter.write(entries, metadata: metadata, to: checkpoint)
        let trainer = Self.trainer(model, adapter)
        var seen: [TrainingProgress] = []
        let resumed = try accepted { try trainer.run(checkpoint: checkpoint, progress: { seen.append($0) }) }
        guard let result = resumed else { return }
        let counts = [result.losses.count, result.learningRates.count, result.gradientNorms.count]
        try require(counts.allSatisfy { $0 == counts[0] && $0 >= Self.steps }, "steps of \(counts) figures")
        try require(result.tokens >= 0 && result.supervisedTokens >= 0, "\(result.tokens) tokens")
        try require(seen.allSatisfy { $0.averageSeconds >= 0 && $0.averageSeconds.isFinite }, "a step of no time")
    }
}

import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// What a checkpoint says of the kernels that computed it, and what a run makes of that.
@Suite("The kernels of a run's steps")
struct KernelHistoryTests {
    private let examples = (0..<8).map { row in
        TokenizedExample(tokens: (0..<(6 + row)).map { ($0 * 7 + row) % 300 + 3 }, labelPositions: [2, 4])
    }

    private func trainer() throws -> Trainer {
        var configuration = TrainingConfiguration(steps: 4)
        configuration.batchSize = 4
        configuration.checkpointEvery = 2
        let model = try Fixtures.tinyModel(dtype: .float32)
        let adapter = try Adapter.attach(AdapterConfiguration(rank: 4, alpha: 8), to: model, seed: 42)
        return Trainer(
            model: model, trainable: adapter, configuration: configuration, examples: examples, validation: [])
    }

    /// Leaves a checkpoint after step 2.
    private func interrupted(_ path: String) throws {
        var steps = 0
        #expect(throws: TrainingError.self) {
            try trainer().run(checkpoint: path, shouldStop: { steps >= 2 }, progress: { _ in steps += 1 })
        }
    }

    /// The checkpoint with other text beside the same matrices.
    private func rewrite(_ path: String, _ change: (inout [String: String]) -> Void) throws {
        let file = try SafetensorsFile(path: path)
        var metadata = file.metadata
        change(&metadata)
        let matrices = try file.tensors.values.sorted { $0.name < $1.name }.map { info in
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            try file.read(info.name, into: matrix)
            return (name: info.name, matrix: matrix)
        }
        try NamedMatrices.write(matrices, metadata: metadata, to: path)
    }

    @Test("A checkpoint names its variant, its number and its dtype; an undisturbed run has one span")
    func undisturbed() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            try interrupted(path)
            let origin = try #require(CheckpointOrigin.read(path))
            #expect(origin.kernels == KernelSpan.here(from: 0))
            #expect(origin.dtype == .float32)
            #expect(origin.takeVariant() == nil)
            #expect(try trainer().run(checkpoint: path).kernels == [KernelSpan.here(from: 0)])
        }
    }

    @Test(
        "Steps of a variant that this CPU lacks, of another number, or of a checkpoint that does not say, are told apart",
        arguments: ["x86-64-v9 1 0", "baseline 1 0", nil])
    func elsewhere(kernels: String?) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            try interrupted(path)
            try rewrite(path) { $0["kernels"] = kernels }
            let before = try #require(CheckpointOrigin.read(path)).kernels
            #expect(before.variant == kernels?.split(separator: " ").first.map(String.init) ?? "unknown")
            let spans = try trainer().run(checkpoint: path).kernels
            #expect(spans == [before, KernelSpan.here(from: 2)])
        }
    }

    @Test(
        "A checkpoint whose kernels make no sense is damaged",
        arguments: ["", "x86-64-v3", "x86-64-v3 2", "x86-64-v3 two 0", "x86-64-v3 2 -1", "x86-64-v3 2 0,, x 1 2"])
    func damaged(kernels: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            try interrupted(path)
            try rewrite(path) { $0["kernels"] = kernels }
            let error = #expect(throws: TrainingError.self) { try trainer().run(checkpoint: path) }
            #expect(error?.code == .malformed)
        }
    }

    @Test("Where there is no checkpoint, there is nothing to go on from")
    func absent() {
        #expect(CheckpointOrigin.read("/nowhere/checkpoint.safetensors") == nil)
    }
}

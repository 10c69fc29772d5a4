import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

/// The layers of `Tests/Fixtures/layers`, over three sequences of 5, 1 and 3 rows.
struct LayerFixture {
    let attention: SelfAttention
    let mlp: FeedForward
    let updates: [PlainLowRankUpdate]
    let layout: SequenceLayout
    let pass: Pass
    /// Rows that `_rows` cases go on with.
    static let selected: [Int32] = [1, 4, 5, 8]
    private static let headDim = 4

    /// - Parameter adapted: projections that get their low-rank update.
    init(adapted: [String] = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]) throws {
        var updates: [PlainLowRankUpdate] = []
        func group(_ names: String...) throws -> ProjectionGroup {
            let weights = try names.map { try Self.tensor($0 + ".weight") }
            let slots = try zip(names, weights).map { name, weight in
                let slot = ProjectionSlot(name: name, outputs: weight.rows, inputs: weight.columns)
                guard adapted.contains(name) else { return slot }
                let update = PlainLowRankUpdate(
                    name, a: try Self.tensor(name + ".a"), b: try Self.tensor(name + ".b"), scale: 1.5)
                updates.append(update)
                slot.adapter = update
                return slot
            }
            let stacked = Matrix(
                weights.flatMap(\.values), rows: weights.reduce(0) { $0 + $1.rows }, columns: weights[0].columns)
            return ProjectionGroup(
                slots: slots, weight: FrozenWeight(stacked, dtype: .float32))
        }
        attention = SelfAttention(
            norm: try Self.norm("input_layernorm.weight"), queryKeyValue: try group("q_proj", "k_proj", "v_proj"),
            output: try group("o_proj"), headDim: Self.headDim,
            rotary: RotaryTable(theta: 10_000, headDim: Self.headDim, maxPositions: 16), activation: .float32)
        mlp = FeedForward(
            norm: try Self.norm("post_attention_layernorm.weight"), up: try group("gate_proj", "up_proj"),
            down: try group("down_proj"), kind: .swiGLU, activation: .float32)
        self.updates = updates
        var batch = PackedBatch()
        for length in [5, 1, 3] { batch.append(tokens: [Int](repeating: 0, count: length), labels: []) }
        layout = SequenceLayout(batch)
        pass = Self.pass()
    }

    static func pass() -> Pass {
        Pass(
            mode: .training(step: 0, firstRow: 0), saved: Arena(reservingBytes: 1 << 26),
            scratch: Arena(reservingBytes: 1 << 26))
    }

    static func tensor(_ name: String) throws -> Matrix {
        try Fixtures.tensor(name, in: "layers/layers.safetensors")
    }

    static func norm(_ name: String) throws -> RMSNorm { RMSNorm(weight: try tensor(name), epsilon: 1e-5) }

    /// Checks a matrix against the fixture's of that name.
    static func expect(_ found: Matrix, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let difference = firstDifference(found.values, try tensor(name).values, relative: 2e-5, absolute: 2e-5)
        #expect(difference == nil, "\(name)", sourceLocation: sourceLocation)
    }

    /// Checks the gradients of every update.
    func expectGradients(_ name: String) throws {
        #expect(!updates.isEmpty)
        for update in updates {
            for parameter in [update.a, update.b] {
                try Self.expect(parameter.gradient, "\(name).gradient.\(parameter.name)")
            }
        }
    }
}

extension Matrix {
    /// A copy with memory of its own.
    var copied: Matrix { Matrix(values, rows: rows, columns: columns) }
}

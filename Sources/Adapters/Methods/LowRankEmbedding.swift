import Tensors
import Transformers

extension EmbeddingAttachment {
    /// LoRA on an embedding's table: PEFT's `lora_embedding_A` and `lora_embedding_B`.
    static let lowRank = EmbeddingAttachment(
        demand: { place in
            // h is looked up again for the backward pass, where dh stands beside it.
            ModuleDemand(
                elements: LowRankUpdate.elements(place), savedCount: 0, scratchCount: 2 * place.rank,
                analysisBytes: LowRankSpectrum.bytes(
                    rank: place.rank, inputs: place.slot.inputs, outputs: place.slot.outputs))
        },
        make: { place in LowRankEmbedding(place) })
}

/// The low-rank update of an embedding's rows, with s = alpha/rank and c the model's own factor on every row:
///
///     h = A[:, tokens]ᵀ     [T, r]
///     y += c·s·h·Bᵀ         [T, d]
///
/// Backward, with dy `[T, d]`:
///
///     dB += c·s·dyᵀ·h       [d, r]
///     dh  = c·s·dy·B        [T, r]
///     dA[:, tokens] += dhᵀ
///
/// PEFT computes the same, without dropout: `peft.tuners.lora.layer.Embedding`.
final class LowRankEmbedding: EmbeddingUpdate {
    /// `[r, V]`
    let a: Parameter
    /// `[d, r]`
    let b: Parameter
    private let scaling: Float

    var tensors: [(suffix: String, parameter: Parameter)] { [(Self.suffixA, a), (Self.suffixB, b)] }
    var changesOutput: Bool { Kernels.squaredNorm(a.value) > 0 && Kernels.squaredNorm(b.value) > 0 }
    var lowRankPair: LowRankPair? { LowRankPair(a: a.value, b: b.value, scaling: scaling) }

    static let suffixA = "lora_embedding_A"
    static let suffixB = "lora_embedding_B"

    /// A and B of zeros.
    init(_ place: AdaptedPlace) {
        let slot = place.slot
        a = Parameter(
            name: TensorNames.name(Self.suffixA, of: slot.name), value: Matrix(rows: place.rank, columns: slot.inputs))
        b = Parameter(
            name: TensorNames.name(Self.suffixB, of: slot.name), value: Matrix(rows: slot.outputs, columns: place.rank))
        scaling = place.scaling
    }

    /// A stays zero and B is normal with a standard deviation of 1, as in PEFT, whatever projections begin with.
    func initialise(_ random: Philox) { LowRankBeginning.normal(b.value, deviation: 1, random) }

    func merge(into weight: Matrix, isTransposed: Bool) { lowRankPair?.add(to: weight, isTransposed: isTransposed) }

    func spectrum(weight: Matrix, isTransposed: Bool) -> (singularValues: [Double], norm: Double) {
        let values = LowRankSpectrum.singularValues(a: a.value, b: b.value, scaling: scaling)
        return (values, values.reduce(0) { $0 + $1 * $1 }.squareRoot())
    }

    func forward(_ tokens: [Int32], factor: Float, into y: Matrix, pass: Pass) {
        pass.withScratch { scratch in
            multiply(
                .plain(looked(up: tokens, scratch)), .transposed(b.value), into: y, scale: factor * scaling,
                accumulate: true, scratch: scratch)
        }
    }

    func backward(_ dy: Matrix, tokens: [Int32], factor: Float, padding: Int32?, pass: Pass) {
        pass.withScratch { scratch in
            multiply(
                .transposed(dy), .plain(looked(up: tokens, scratch)), into: b.gradient, scale: factor * scaling,
                accumulate: true, scratch: scratch)
            let dh = scratch.matrix(tokens.count, a.value.rows)
            multiply(.plain(dy), .plain(b.value), into: dh, scale: factor * scaling, scratch: scratch)
            for (row, token) in tokens.enumerated() where token == padding { dh.rows(row..<(row + 1)).clear() }
            Kernels.scatterAddColumns(dh, columns: tokens, into: a.gradient)
        }
    }

    /// h
    private func looked(up tokens: [Int32], _ scratch: Arena) -> Matrix {
        let h = scratch.matrix(tokens.count, a.value.rows)
        Kernels.gatherColumns(a.value, columns: tokens, into: h)
        return h
    }
}

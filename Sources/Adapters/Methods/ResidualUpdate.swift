import Tensors
import Transformers

/// A low-rank update that begins as a part of W, which is taken out of W (PiSSA, OLoRA): with A₀ and B₀ what A and B
/// begin as,
///
///     y += s·(x̃·Aᵀ)·Bᵀ − s·(x·A₀ᵀ)·B₀ᵀ
///
/// PEFT stores W − s·B₀·A₀ in the base's place while it trains. Here the base stays as it is, so that the same frozen
/// weights serve base and adapter, in whatever form they lie. What is published is plain LoRA of twice the rank, as PEFT's
/// `save_pretrained(…, path_initial_model_for_weight_conversion=…)` makes it: A over A₀, B beside −B₀.
final class ResidualUpdate: ProjectionUpdate {
    private let trained: LowRankUpdate
    /// `[r, in]`
    private let a0: Matrix
    /// `[out, r]`
    private let b0: Matrix
    private let place: AdaptedPlace

    var hasDropout: Bool { trained.hasDropout }
    var savedCount: Int { trained.savedCount }
    var tensors: [(suffix: String, parameter: Parameter)] { trained.tensors }
    var constants: [(name: String, matrix: Matrix)] {
        [(trained.a.name + ".initial", a0), (trained.b.name + ".initial", b0)]
    }
    var changesOutput: Bool { !trained.a.value.hasSameBits(as: a0) || !trained.b.value.hasSameBits(as: b0) }

    /// Of rank 2r.
    var lowRankPair: LowRankPair? {
        let rank = a0.rows
        let a = Matrix(rows: 2 * rank, columns: a0.columns)
        a.rows(0..<rank).copy(from: trained.a.value)
        a.rows(rank..<(2 * rank)).copy(from: a0)
        let b = Matrix(rows: b0.rows, columns: 2 * rank)
        b.columns(0..<rank).copy(from: trained.b.value)
        let taken = b.columns(rank..<(2 * rank))
        taken.copy(from: b0)
        Kernels.scale(taken, by: -1)
        return LowRankPair(a: a, b: b, scaling: place.scaling)
    }

    var published: [(name: String, matrix: Matrix, shape: [Int])] {
        lowRankPair.map {
            [
                (trained.a.name, $0.a, [$0.a.rows, $0.a.columns]), (trained.b.name, $0.b, [$0.b.rows, $0.b.columns]),
            ]
        } ?? []
    }

    /// - Throws: `AdaptersError.unsupported` where the model does not keep W, or its sides are shorter than the rank.
    init(_ place: AdaptedPlace, dropout: UpdateDropout) throws {
        let slot = place.slot
        guard slot.frozen != nil else {
            throw AdaptersError(
                .unsupported, "The projection '\(slot.name)' cannot begin with \(place.beginning.rawValue).",
                cause: "The model keeps its products and not its weight, of which A and B would begin as a part.",
                advice: "Leave it out of the targets, or leave out adapter.init.")
        }
        guard place.rank <= min(slot.inputs, slot.outputs) else {
            throw AdaptersError(
                .unsupported,
                "'\(slot.name)' is \(slot.outputs) × \(slot.inputs) and has no \(place.rank) directions to begin with.",
                advice: "Lower adapter.rank, give the module a rank of its own, or leave out adapter.init.")
        }
        self.place = place
        trained = LowRankUpdate(place, dropout: dropout)
        a0 = Matrix(rows: place.rank, columns: slot.inputs)
        b0 = Matrix(rows: slot.outputs, columns: place.rank)
    }

    func initialise(_ random: Philox) throws {
        guard let weight = place.slot.frozen?.weightMatrix(),
            let (a, b) = place.beginning.parts(of: weight, rank: place.rank, scaling: place.scaling)
        else {
            throw AdaptersError(
                .notFinite, "The weight of '\(place.slot.name)' has no directions to begin with.",
                cause: "It holds NaN or infinity, or LAPACK did not converge.", advice: "Leave out adapter.init.")
        }
        for (matrix, value) in [(a0, a), (trained.a.value, a), (b0, b), (trained.b.value, b)] {
            matrix.copy(from: value)
        }
    }

    func merge(into weight: Matrix, isTransposed: Bool) { lowRankPair?.add(to: weight, isTransposed: isTransposed) }

    func spectrum(weight: Matrix, isTransposed: Bool) -> (singularValues: [Double], norm: Double) {
        guard let pair = lowRankPair else { return ([], 0) }
        let values = LowRankSpectrum.singularValues(a: pair.a, b: pair.b, scaling: pair.scaling)
        return (values, values.reduce(0) { $0 + $1 * $1 }.squareRoot())
    }

    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved h: Matrix, pass: Pass
    ) {
        trained.forward(x, product: product, frozen: frozen, into: y, saved: h, pass: pass)
        pass.withScratch { scratch in
            let h0 = scratch.matrix(x.rows, a0.rows)
            multiply(.plain(x), .transposed(a0), into: h0, scratch: scratch)
            multiply(
                .plain(h0), .transposed(b0), into: y, scale: -place.scaling, accumulate: true, scratch: scratch)
        }
    }

    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved h: Matrix, into dx: Matrix?, pass: Pass
    ) {
        trained.backward(dy, x: x, frozen: frozen, saved: h, into: dx, pass: pass)
        guard let dx else { return }
        pass.withScratch { scratch in
            let dh0 = scratch.matrix(dy.rows, a0.rows)
            multiply(.plain(dy), .plain(b0), into: dh0, scale: -place.scaling, scratch: scratch)
            multiply(.plain(dh0), .plain(a0), into: dx, accumulate: true, scratch: scratch)
        }
    }
}

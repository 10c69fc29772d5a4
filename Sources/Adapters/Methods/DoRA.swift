import Tensors
import Transformers

extension AdapterMethod {
    /// Weight-decomposed low-rank adaptation, https://arxiv.org/abs/2402.09353: PEFT's `use_dora`.
    package static let dora = AdapterMethod(
        name: "dora", peftType: "LORA", flag: "use_dora",
        settings: lowRankSettings.union(["use_dora"]),
        ggufObstacle: "llama.cpp's adapters hold A and B and no magnitudes.", untrained: "B is zero",
        members: { lowRankMembers($0) + [("use_dora", "true")] },
        attachment: .projections(
            demand: { place in
                let (inputs, outputs) = (place.slot.inputs, place.slot.outputs)
                // Held for a while: the frozen product, x̃·Wᵀ, the update, and dy scaled twice; the inputs' gradient.
                return ModuleDemand(
                    elements: LowRankUpdate.elements(place) + outputs, savedCount: place.rank + outputs,
                    scratchCount: place.rank + 5 * outputs + 2 * inputs,
                    analysisBytes: LowRankSpectrum.bytes(rank: place.rank, inputs: inputs, outputs: outputs)
                        + DType.float32.bytes * inputs * outputs)
            },
            make: { place, dropout in
                guard let frozen = place.slot.frozen else {
                    throw AdaptersError(
                        .unsupported, "DoRA cannot adapt the projection '\(place.slot.name)'.",
                        cause: "The model keeps its products and not its weight, whose norm DoRA needs.",
                        advice: "Leave it out of the targets, or use lora.")
                }
                guard !place.beginning.isPartOfWeight else {
                    throw AdaptersError(
                        .unsupported, "DoRA does not begin with \(place.beginning.rawValue).",
                        advice: "Use lora, or leave out adapter.init.")
                }
                return DoRAUpdate(place, frozen: frozen, dropout: dropout)
            }),
        suffixes: [LowRankUpdate.suffixA, LowRankUpdate.suffixB, DoRAUpdate.suffix])
}

/// The update of one projection by DoRA. With the magnitudes m `[out]`, the norms n_o = ‖W_o + s·B_o·A‖ and g = m/n:
///
///     x̃ = dropout(x)                             [T, in]
///     u = x̃·Wᵀ + s·(x̃·Aᵀ)·Bᵀ                     [T, out]
///     y = g ⊙ u + b, and with dropout x·Wᵀ + b − x̃·Wᵀ + g ⊙ u
///
/// Backward, with n a constant (section 4.3 of the paper):
///
///     dm += Σ_t dy ⊙ u / n
///     dB, dA and dx as LoRA's of g ⊙ dy; dx̃ += (g ⊙ dy)·W, and with dropout dx gains dy·W and dx̃ loses it
///
/// PEFT computes the same: `peft.tuners.lora.dora`.
final class DoRAUpdate: ProjectionUpdate {
    /// `[r, in]`
    let a: Parameter
    /// `[out, r]`
    let b: Parameter
    /// m, `[1, out]`
    let magnitudes: Parameter
    private let scaling: Float
    private let beginning: LowRankBeginning
    private let dropout: UpdateDropout
    private var norms: DoRANorms

    var hasDropout: Bool { dropout.isOn }
    /// h and u.
    var savedCount: Int { a.value.rows + b.value.rows }
    var tensors: [(suffix: String, parameter: Parameter)] {
        [(LowRankUpdate.suffixA, a), (LowRankUpdate.suffixB, b), (Self.suffix, magnitudes)]
    }
    var changesOutput: Bool { Kernels.squaredNorm(b.value) > 0 }
    let lowRankPair: LowRankPair? = nil

    static let suffix = "lora_magnitude_vector"

    init(_ place: AdaptedPlace, frozen: FrozenProjection, dropout: UpdateDropout) {
        (a, b) = LowRankUpdate.pair(place)
        magnitudes = Parameter(
            name: TensorNames.name(Self.suffix, of: place.slot.name),
            value: Matrix(rows: 1, columns: place.slot.outputs), shape: [place.slot.outputs])
        scaling = place.scaling
        beginning = place.beginning
        self.dropout = dropout
        norms = DoRANorms(frozen, rank: place.rank)
    }

    /// A as LoRA's may be, B zero, and m the norms of W's rows, so that g is 1.
    func initialise(_ random: Philox) {
        beginning.begin(a.value, random)
        for (output, square) in norms.squaredWeightNorms.enumerated() {
            magnitudes.value[0, output] = Float(square.squareRoot())
        }
    }

    /// g, unless dropout is on: then the product that is scaled is not x's.
    func outputFactors(_ frozen: FrozenProjection?, pass: Pass) -> Matrix? {
        update(frozen, pass)
        return dropout.drops(in: pass) ? nil : norms.factors
    }

    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved: Matrix, pass: Pass
    ) {
        update(frozen, pass)
        let (h, u) = split(saved)
        pass.withScratch { scratch in
            let dropped = dropout.apply(x, scratch: scratch, pass: pass)
            multiply(.plain(dropped), .transposed(a.value), into: h, scratch: scratch)
            let update = scratch.matrix(y.rows, y.columns)
            multiply(.plain(h), .transposed(b.value), into: update, scale: scaling, scratch: scratch)
            Kernels.addScaledColumns(update, by: norms.factors, into: y)
            if let product {
                u.copy(from: product)
            } else {
                let own = scratch.matrix(y.rows, y.columns)
                frozen?.product(dropped, into: own, scratch: scratch)
                Kernels.addScaledColumns(own, by: norms.factorsLessOne, into: y)
                u.copy(from: own)
            }
            Kernels.add(update, into: u)
        }
    }

    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved: Matrix, into dx: Matrix?, pass: Pass
    ) {
        update(frozen, pass)
        let (h, u) = split(saved)
        pass.withScratch { scratch in
            let dy = scratch.converted(dy, to: .float32)
            let dots = scratch.matrix(1, dy.columns)
            dots.fill(0)
            Kernels.addColumnDots(dy, u, into: dots)
            Kernels.addScaledColumns(dots, by: norms.inverses, into: magnitudes.gradient)

            let scaled = scratch.matrix(dy.rows, dy.columns)
            Kernels.clear(scaled)
            Kernels.addScaledColumns(dy, by: norms.factors, into: scaled)
            multiply(
                .transposed(scaled), .plain(h), into: b.gradient, scale: scaling, accumulate: true, scratch: scratch)
            let dh = scratch.matrix(h.rows, a.value.rows)
            multiply(.plain(scaled), .plain(b.value), into: dh, scale: scaling, scratch: scratch)
            let dropped = dropout.apply(x, scratch: scratch, pass: pass)
            multiply(.transposed(dh), .plain(dropped), into: a.gradient, accumulate: true, scratch: scratch)
            guard let dx else { return }
            guard dropout.drops(in: pass) else {
                multiply(.plain(dh), .plain(a.value), into: dx, accumulate: true, scratch: scratch)
                return
            }
            let dDropped = scratch.matrix(dx.rows, dx.columns)
            multiply(.plain(dh), .plain(a.value), into: dDropped, scratch: scratch)
            // Of dx̃·W, dy·W is what the group adds to dx without a mask.
            Kernels.clear(scaled)
            Kernels.addScaledColumns(dy, by: norms.factorsLessOne, into: scaled)
            frozen?.accumulateInputGradient(scaled, into: dDropped, pass: pass)
            dropout.backward(dDropped, into: dx, pass: pass)
        }
    }

    func merge(into weight: Matrix, isTransposed: Bool) {
        LowRankPair(a: a.value, b: b.value, scaling: scaling).add(to: weight, isTransposed: isTransposed)
        let outputs = isTransposed ? weight.columns : weight.rows
        var squares = [Double](repeating: 0, count: outputs)
        for row in 0..<weight.rows {
            weight.withRow(row) { values in
                for (column, value) in values.enumerated() {
                    squares[isTransposed ? column : row] += Double(value) * Double(value)
                }
            }
        }
        let factors = squares.indices.map { output in
            squares[output] > 0 ? magnitudes.value[0, output] / Float(squares[output].squareRoot()) : 1
        }
        for row in 0..<weight.rows {
            weight.withRow(row) { values in
                for column in values.indices { values[column] *= factors[isTransposed ? column : row] }
            }
        }
    }

    /// The singular values are those of s·B·A, which is the update of the direction; the norm is of all that changed.
    func spectrum(weight: Matrix, isTransposed: Bool) -> (singularValues: [Double], norm: Double) {
        let merged = Matrix(rows: weight.rows, columns: weight.columns)
        merged.copy(from: weight)
        merge(into: merged, isTransposed: isTransposed)
        Kernels.scale(weight, by: -1)
        Kernels.add(weight, into: merged)
        return (
            LowRankSpectrum.singularValues(a: a.value, b: b.value, scaling: scaling),
            Kernels.squaredNorm(merged).squareRoot()
        )
    }

    private func split(_ saved: Matrix) -> (h: Matrix, u: Matrix) {
        (saved.columns(0..<a.value.rows), saved.columns(a.value.rows..<saved.columns))
    }

    private func update(_ frozen: FrozenProjection?, _ pass: Pass) {
        guard let frozen else { preconditionFailure("DoRA is made for projections that keep their weight") }
        norms.update(a: a.value, b: b.value, m: magnitudes.value, scaling: scaling, frozen, scratch: pass.scratch)
    }
}

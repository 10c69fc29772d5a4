import ModelFiles
import Tensors
import Transformers

extension AdapterMethod {
    /// (IA)³, infused adapter by inhibiting and amplifying inner activations. https://arxiv.org/abs/2205.05638
    package static let ia3 = AdapterMethod(
        name: "ia3", peftType: "IA3", flag: nil,
        settings: ["feedforward_modules", "init_ia3_weights"],
        ggufObstacle: "llama.cpp's adapters hold A and B and no factors.", untrained: "every factor is 1",
        members: { [("feedforward_modules", JSONText.list($0.feedforward))] },
        attachment: .projections(
            demand: { place in
                let (inputs, outputs) = (place.slot.inputs, place.slot.outputs)
                let weight = DType.float32.bytes * inputs * outputs
                let shared = place.slot.frozen?.sharedOutputs ?? outputs
                // Held for a while: scaled inputs, the frozen product and its part by itself, and the gradients of each.
                return place.scalesInput
                    ? ModuleDemand(
                        elements: inputs, savedCount: 0, scratchCount: 3 * inputs + 4 * shared, analysisBytes: weight)
                    : ModuleDemand(
                        elements: outputs, savedCount: outputs, scratchCount: 3 * shared, analysisBytes: weight)
            },
            make: { place, _ in
                guard place.slot.frozen != nil else {
                    throw AdaptersError(
                        .unsupported, "(IA)³ cannot adapt the projection '\(place.slot.name)'.",
                        cause: "The model keeps its products and not its weight, which (IA)³ scales.",
                        advice: "Leave it out of the targets, or use lora.")
                }
                if place.scalesInput { return InputFactors(place) }
                return OutputFactors(place)
            }),
        suffixes: [ia3Suffix])

    /// The suffix of l, of either shape.
    static let ia3Suffix = "ia3_l"
}

/// Factors l `[1, out]` on the outputs of one projection:
///
///     u = x·Wᵀ + b          [T, out]
///     y = l ⊙ u
///
/// Backward: dl += Σ_t dy ⊙ u, and dx = (l ⊙ dy)·W. The bias is scaled where it is the projection's own.
///
/// PEFT computes the same: `peft.tuners.ia3.layer`.
final class OutputFactors: ProjectionUpdate {
    /// l, saved as `[out, 1]`.
    let factors: Parameter
    private let scalesBias: Bool

    let hasDropout = false
    /// u.
    var savedCount: Int { factors.value.columns }
    var tensors: [(suffix: String, parameter: Parameter)] { [(AdapterMethod.ia3Suffix, factors)] }
    var changesOutput: Bool { factors.value.values.contains { $0 != 1 } }
    let lowRankPair: LowRankPair? = nil
    var changesBias: Bool { scalesBias }
    /// A column, as PEFT has it.
    var published: [(name: String, matrix: Matrix, shape: [Int])] {
        let column = Matrix(rows: factors.value.columns, columns: 1)
        Kernels.transpose(factors.value, into: column)
        return [(factors.name, column, factors.shape)]
    }

    init(_ place: AdaptedPlace) {
        let count = place.slot.outputs
        factors = Parameter(
            name: TensorNames.name(AdapterMethod.ia3Suffix, of: place.slot.name),
            value: Matrix(rows: 1, columns: count), shape: [count, 1])
        scalesBias = place.slot.hasBias
    }

    func initialise(_ random: Philox) { factors.value.fill(1) }

    func outputFactors(_ frozen: FrozenProjection?, pass: Pass) -> Matrix? { factors.value }

    /// y holds l ⊙ (x·Wᵀ) + b and gains (l − 1) ⊙ b.
    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved u: Matrix, pass: Pass
    ) {
        guard let product else { preconditionFailure("a projection whose outputs are scaled has its product") }
        u.copy(from: product)
        guard scalesBias, let bias = frozen?.bias else { return }
        Kernels.addRow(bias, into: u)
        pass.withScratch { scratch in
            let change = scratch.matrix(1, bias.columns)
            Kernels.clear(change)
            Kernels.addScaledColumns(bias, by: factors.value, into: change)
            for column in 0..<bias.columns { change[0, column] -= bias[0, column] }
            Kernels.addRow(change, into: y)
        }
    }

    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved u: Matrix, into dx: Matrix?, pass: Pass
    ) {
        pass.withScratch { scratch in
            Kernels.addColumnDots(scratch.converted(dy, to: .float32), u, into: factors.gradient)
        }
    }

    func merge(into weight: Matrix, isTransposed: Bool) {
        factors.value.scale(weight, alongRows: isTransposed)
    }

    func merge(intoBias bias: Matrix) { factors.value.scale(bias, alongRows: true) }

    func spectrum(weight: Matrix, isTransposed: Bool) -> (singularValues: [Double], norm: Double) {
        ([], factors.value.changeNorm(of: weight, alongRows: isTransposed))
    }
}

/// Factors l `[1, in]` on the inputs of one projection, PEFT's `feedforward_modules`:
///
///     z = l ⊙ x             [T, in]
///     y = z·Wᵀ + b
///
/// Backward: dz = dy·W, dl += Σ_t x ⊙ dz, dx = l ⊙ dz.
final class InputFactors: ProjectionUpdate {
    /// l, saved as `[1, in]`.
    let factors: Parameter

    let hasDropout = false
    let savedCount = 0
    var tensors: [(suffix: String, parameter: Parameter)] { [(AdapterMethod.ia3Suffix, factors)] }
    var changesOutput: Bool { factors.value.values.contains { $0 != 1 } }
    let lowRankPair: LowRankPair? = nil

    init(_ place: AdaptedPlace) {
        factors = Parameter(
            name: TensorNames.name(AdapterMethod.ia3Suffix, of: place.slot.name),
            value: Matrix(rows: 1, columns: place.slot.inputs))
    }

    func initialise(_ random: Philox) { factors.value.fill(1) }

    func inputFactors(pass: Pass) -> Matrix? { factors.value }

    func accumulateInputFactorGradient(_ dz: Matrix, x: Matrix) {
        Kernels.addColumnDots(x, dz, into: factors.gradient)
    }

    /// The frozen product has it all.
    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved: Matrix, pass: Pass
    ) {}

    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved: Matrix, into dx: Matrix?, pass: Pass
    ) {}

    func merge(into weight: Matrix, isTransposed: Bool) {
        factors.value.scale(weight, alongRows: !isTransposed)
    }

    func spectrum(weight: Matrix, isTransposed: Bool) -> (singularValues: [Double], norm: Double) {
        ([], factors.value.changeNorm(of: weight, alongRows: !isTransposed))
    }
}

extension Matrix {
    /// Multiplies `weight` by these factors `[1, n]`: its columns' where they lie along its rows, else its rows'.
    fileprivate func scale(_ weight: Matrix, alongRows: Bool) {
        for row in 0..<weight.rows {
            weight.withRow(row) { values in
                for column in values.indices { values[column] *= self[0, alongRows ? column : row] }
            }
        }
    }

    /// The Frobenius norm of what `scale` changes of `weight`.
    fileprivate func changeNorm(of weight: Matrix, alongRows: Bool) -> Double {
        var sum = 0.0
        for row in 0..<weight.rows {
            weight.withRow(row) { values in
                for (column, value) in values.enumerated() {
                    let change = Double(self[0, alongRows ? column : row] - 1) * Double(value)
                    sum += change * change
                }
            }
        }
        return sum.squareRoot()
    }
}

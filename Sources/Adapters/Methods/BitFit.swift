import Tensors
import Transformers

extension AdapterMethod {
    /// BitFit, training of biases alone. https://arxiv.org/abs/2106.10199
    ///
    /// The files are those of PEFT's BEFT, which adds a vector to a projection's outputs: for a projection with a bias the
    /// two are the same training, as weight decay spares biases. Norms are no projections: they are saved as modules, whole,
    /// though nothing of them but the bias is trained.
    package static let bitfit = AdapterMethod(
        name: "bitfit", peftType: "BEFT", flag: nil, settings: ["init_weights"],
        ggufObstacle: "llama.cpp's adapters hold A and B and no biases.", untrained: "its bias has not moved",
        members: { _ in [] },
        attachment: .projections(
            demand: { place in
                // dy of float32.
                ModuleDemand(
                    elements: place.slot.outputs, savedCount: 0, scratchCount: place.slot.outputs,
                    analysisBytes: DType.float32.bytes * place.slot.inputs * place.slot.outputs)
            },
            make: { place, _ in
                guard place.slot.hasBias else {
                    throw AdaptersError(
                        .unsupported,
                        "BitFit cannot adapt the projection '\(place.slot.name)', which has no bias in the base.")
                }
                return BiasUpdate(place)
            }), sharedSettings: [], obstacle: { $0.hasBias ? nil : "has no bias in the base" },
        adaptsAllByDefault: true, trainsBiasesAlone: true, suffixes: [BiasUpdate.suffix])
}

/// The change δ `[1, out]` of one projection's bias: y += δ, dδ += Σ_t dy.
final class BiasUpdate: ProjectionUpdate {
    /// δ
    let change: Parameter

    let hasDropout = false
    let savedCount = 0
    var tensors: [(suffix: String, parameter: Parameter)] { [(Self.suffix, change)] }
    var changesOutput: Bool { Kernels.squaredNorm(change.value) > 0 }
    let lowRankPair: LowRankPair? = nil
    let changesWeight = false
    let changesBias = true

    static let suffix = "beft_bias"

    init(_ place: AdaptedPlace) {
        change = Parameter(
            name: TensorNames.name(Self.suffix, of: place.slot.name),
            value: Matrix(rows: 1, columns: place.slot.outputs), decays: false)
    }

    func initialise(_ random: Philox) {}

    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved: Matrix, pass: Pass
    ) {
        Kernels.addRow(change.value, into: y)
    }

    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved: Matrix, into dx: Matrix?, pass: Pass
    ) {
        pass.withScratch { scratch in
            accumulateRowSums(scratch.converted(dy, to: .float32), into: change.gradient, scratch: scratch)
        }
    }

    func merge(into weight: Matrix, isTransposed: Bool) {}

    func merge(intoBias bias: Matrix) { Kernels.add(change.value, into: bias) }

    /// The norm is of the bias's change.
    func spectrum(weight: Matrix, isTransposed: Bool) -> (singularValues: [Double], norm: Double) {
        ([], Kernels.squaredNorm(change.value).squareRoot())
    }
}

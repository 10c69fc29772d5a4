import ModelFiles
import Tensors
import Transformers

/// Which sublayers a bottleneck stands behind, and its nonlinearity.
package enum BottleneckVariant: String, Sendable, CaseIterable {
    /// Behind attention and behind the feed-forward layer, with GELU. https://arxiv.org/abs/1902.00751
    case houlsby
    /// Behind the feed-forward layer alone, with ReLU. https://arxiv.org/abs/2005.00247
    case pfeiffer

    var activation: ActivationFunction { self == .houlsby ? .gelu : .relu }
    var kinds: Set<SublayerSlot.Kind> { self == .houlsby ? [.attention, .feedForward] : [.feedForward] }
}

extension AdapterMethod {
    /// Bottleneck adapters, the AdapterH and AdapterP of LoRA's paper. PEFT has none: the files are lorad's own, see
    /// docs/methods.md.
    package static let bottleneck = AdapterMethod(
        name: "bottleneck", peftType: "LORAD_BOTTLENECK", flag: nil,
        settings: ["variant", "reduction_factor"],
        ggufObstacle: "llama.cpp's adapters hold A and B and no layers of their own.",
        mergeObstacle: "Its layers have a nonlinearity between them, which no weight has.",
        untrained: "what leads up again is zero",
        members: {
            [("reduction_factor", "\($0.reductionFactor)"), ("variant", JSONText.quote($0.variant.rawValue))]
        },
        attachment: .model(
            demand: { configuration, model in
                let slots = try slots(configuration, model)
                let sizes = slots.map { (wide: $0.width, narrow: narrow($0, configuration)) }
                // Of each row: o, and u; where nothing stands behind a sublayer, o is not kept. Held for a while are h,
                // or its gradient, and the gradient of o.
                return ModuleDemand(
                    elements: sizes.reduce(0) { $0 + 2 * $1.wide * $1.narrow + $1.wide + $1.narrow },
                    savedCount: sizes.reduce(0) { $0 + $1.wide + $1.narrow },
                    scratchCount: sizes.map { 2 * $0.wide + 2 * $0.narrow }.max() ?? 0, analysisBytes: 0)
            },
            make: { configuration, model in
                BottleneckUpdate(
                    try slots(configuration, model).map {
                        Bottleneck($0, narrow: narrow($0, configuration), configuration.variant.activation)
                    })
            }),
        read: { file, configuration in
            let factor = try file.int("reduction_factor")
            let name = try file.string("variant")
            guard let variant = BottleneckVariant(rawValue: name), factor > 0 else {
                throw AdaptersError(
                    .malformed,
                    "\(file.path) lacks a reduction_factor above zero, or a variant of "
                        + "\(BottleneckVariant.allCases.map(\.rawValue).joined(separator: " or ")).")
            }
            (configuration.variant, configuration.reductionFactor) = (variant, factor)
        },
        fingerprint: { " variant: \($0.variant.rawValue) reduction_factor: \($0.reductionFactor)" },
        sharedSettings: [])

    /// m = d / reduction_factor, rounded down.
    private static func narrow(_ slot: SublayerSlot, _ configuration: AdapterConfiguration) -> Int {
        slot.width / configuration.reductionFactor
    }

    private static func slots(_ configuration: AdapterConfiguration, _ model: LanguageModel) throws -> [SublayerSlot] {
        let slots = model.sublayerSlots.filter { configuration.variant.kinds.contains($0.kind) }
        if let narrow = slots.first(where: { $0.width < configuration.reductionFactor }) {
            throw AdaptersError(
                .unsupported, "A bottleneck of \(narrow.width) / \(configuration.reductionFactor) has no row.",
                cause: "The base's rows have \(narrow.width) numbers.", advice: "Lower adapter.reduction_factor.")
        }
        return slots
    }
}

/// A bottleneck behind each of some sublayers.
final class BottleneckUpdate: ModelUpdate {
    let layers: [Bottleneck]

    init(_ layers: [Bottleneck]) { self.layers = layers }

    var parameters: [Parameter] { layers.flatMap(\.parameters) }
    let members: [(key: String, value: String)] = []
    var slotsAreFree: Bool { layers.allSatisfy { $0.slot.adapter == nil } }
    var changesOutput: Bool { layers.contains(where: \.changesOutput) }
    var placeText: String { "\(layers.count) sublayers" }

    /// In the order of the layers, from one stream.
    func initialise(_ random: Philox) {
        for (index, layer) in layers.enumerated() { layer.initialise(random, step: UInt64(index)) }
    }

    func setEnabled(_ enabled: Bool) { for layer in layers { layer.slot.adapter = enabled ? layer : nil } }
}

/// A bottleneck behind one sublayer, whose output is o `[T, d]`, with m < d:
///
///     u = o·W_downᵀ + b_down      [T, m]
///     h = f(u)                    [T, m]
///     y = o + h·W_upᵀ + b_up      [T, d]
///
/// Backward, with dy `[T, d]`:
///
///     dW_up += dyᵀ·h, db_up += Σ_t dy
///     du  = f′(u) ⊙ (dy·W_up)     [T, m]
///     dW_down += duᵀ·o, db_down += Σ_t du
///     do += du·W_down             [T, d]
final class Bottleneck: SublayerAdapter {
    let slot: SublayerSlot
    /// `[m, d]`
    let down: Parameter
    /// `[1, m]`
    let downBias: Parameter
    /// `[d, m]`
    let up: Parameter
    /// `[1, d]`
    let upBias: Parameter
    private let activation: ActivationFunction

    /// u.
    var savedCount: Int { down.value.rows }
    var parameters: [Parameter] { [down, downBias, up, upBias] }
    var changesOutput: Bool { Kernels.squaredNorm(up.value) > 0 || Kernels.squaredNorm(upBias.value) > 0 }

    init(_ slot: SublayerSlot, narrow: Int, _ activation: ActivationFunction) {
        func parameter(_ suffix: String, rows: Int, columns: Int) -> Parameter {
            Parameter(
                name: TensorNames.name("bottleneck_\(suffix).weight", of: slot.name),
                value: Matrix(rows: rows, columns: columns))
        }
        func bias(_ suffix: String, _ count: Int) -> Parameter {
            Parameter(
                name: TensorNames.name("bottleneck_\(suffix).bias", of: slot.name),
                value: Matrix(rows: 1, columns: count), shape: [count], decays: false)
        }
        self.slot = slot
        down = parameter("down", rows: narrow, columns: slot.width)
        downBias = bias("down", narrow)
        up = parameter("up", rows: slot.width, columns: narrow)
        upBias = bias("up", slot.width)
        self.activation = activation
    }

    /// W_down normal with a standard deviation of 0.01, as section 3.6 of Houlsby et al. has it; all else zero, so that a
    /// fresh bottleneck changes nothing at all where theirs changes little.
    func initialise(_ random: Philox, step: UInt64) {
        LowRankBeginning.normal(down.value, deviation: 0.01, random, step: step)
    }

    func forward(_ o: Matrix, into y: Matrix, saved u: Matrix, pass: Pass) {
        pass.withScratch { scratch in
            multiply(.plain(o), .transposed(down.value), into: u, scratch: scratch)
            Kernels.addRow(downBias.value, into: u)
            let h = scratch.matrix(u.rows, u.columns)
            Kernels.activationForward(activation, u, into: h)
            multiply(.plain(h), .transposed(up.value), into: y, accumulate: true, scratch: scratch)
            Kernels.addRow(upBias.value, into: y)
        }
    }

    func backward(_ dy: Matrix, o: Matrix, saved u: Matrix, into dOutput: Matrix, pass: Pass) {
        pass.withScratch { scratch in
            let h = scratch.matrix(u.rows, u.columns)
            Kernels.activationForward(activation, u, into: h)
            multiply(.transposed(dy), .plain(h), into: up.gradient, accumulate: true, scratch: scratch)
            accumulateRowSums(dy, into: upBias.gradient, scratch: scratch)
            let du = scratch.matrix(u.rows, u.columns)
            multiply(.plain(dy), .plain(up.value), into: du, scratch: scratch)
            Kernels.activationBackward(activation, du, x: u, into: du)
            multiply(.transposed(du), .plain(o), into: down.gradient, accumulate: true, scratch: scratch)
            accumulateRowSums(du, into: downBias.gradient, scratch: scratch)
            multiply(.plain(du), .plain(down.value), into: dOutput, accumulate: true, scratch: scratch)
        }
    }
}

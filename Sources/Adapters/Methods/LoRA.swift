import ModelFiles
import Tensors
import Transformers

extension AdapterMethod {
    /// Low-rank adaptation. https://arxiv.org/abs/2106.09685
    package static let lora = AdapterMethod(
        name: "lora", peftType: "LORA", flag: nil, settings: lowRankSettings, ggufObstacle: nil,
        untrained: "A or B is zero", members: { lowRankMembers($0) },
        attachment: .projections(
            demand: { place in
                let (inputs, outputs) = (place.slot.inputs, place.slot.outputs)
                let elements = LowRankUpdate.elements(place)
                // h of each pair, and dh of one.
                var demand = ModuleDemand(
                    elements: elements, savedCount: place.rank, scratchCount: place.rank,
                    analysisBytes: LowRankSpectrum.bytes(rank: place.rank, inputs: inputs, outputs: outputs))
                guard place.beginning.isPartOfWeight else { return demand }
                // A₀ and B₀, h₀ or its gradient; the published pair of twice the rank, or what the beginning takes.
                demand.constants = elements
                demand.scratchCount += place.rank
                demand.analysisBytes =
                    max(
                        LowRankSpectrum.bytes(rank: 2 * place.rank, inputs: inputs, outputs: outputs)
                            + 2 * DType.float32.bytes * elements,
                        Factorisation.bytes(rows: outputs, columns: inputs, count: place.rank)
                            + DType.float32.bytes * inputs * outputs)
                return demand
            },
            make: { place, dropout in
                if place.beginning.isPartOfWeight { return try ResidualUpdate(place, dropout: dropout) }
                return LowRankUpdate(place, beginning: place.beginning, dropout: dropout)
            }),
        embeddings: .lowRank,
        suffixes: [
            LowRankUpdate.suffixA, LowRankUpdate.suffixB, LowRankEmbedding.suffixA, LowRankEmbedding.suffixB,
        ])

    /// Keys of adapter_config.json that methods with A and B have.
    static let lowRankSettings: Set<String> = [
        "r", "lora_alpha", "lora_dropout", "init_lora_weights", "rank_pattern", "alpha_pattern", "use_rslora",
        "megatron_core", "qalora_group_size", "layers_to_transform", "layers_pattern", "ensure_weight_tying",
        "runtime_config",
        // How A and B began, of the ways that are let through.
        "eva_config", "corda_config", "loftq_config", "lora_ga_config",
        "bias",
    ]

    /// The settings of methods with A and B; those that are new only where they are on, because old PEFT versions stop
    /// at keys that they do not know.
    static func lowRankMembers(_ configuration: AdapterConfiguration) -> [(key: String, value: String)] {
        func number(_ value: Float) -> String { Int(exactly: value).map(String.init) ?? String(value) }
        var members = [
            ("bias", JSONText.quote(configuration.bias.rawValue)), ("lora_alpha", number(configuration.alpha)),
            ("lora_dropout", "\(configuration.dropout)"), ("r", "\(configuration.rank)"),
        ]
        if configuration.isRankStabilised { members.append(("use_rslora", "true")) }
        if !configuration.ranks.isEmpty {
            members.append(("rank_pattern", JSONText.members(configuration.ranks.members.map { ($0, "\($1)") })))
        }
        if !configuration.alphas.isEmpty {
            members.append(("alpha_pattern", JSONText.members(configuration.alphas.members.map { ($0, number($1)) })))
        }
        if let layers = configuration.layers {
            members.append(
                ("layers_to_transform", "[" + layers.sorted().map(String.init).joined(separator: ", ") + "]"))
        }
        return members
    }
}

/// The low-rank update of one projection, s = alpha/rank:
///
///     x̃ = dropout(x)        [T, in]
///     h = x̃·Aᵀ              [T, r]
///     y += s·h·Bᵀ           [T, out]
///
/// Backward, with dy `[T, out]`:
///
///     dB += s·dyᵀ·h         [out, r]
///     dh  = s·dy·B          [T, r]
///     dA += dhᵀ·x̃           [r, in]
///     dx += dropout'(dh·A)  [T, in]
final class LowRankUpdate: ProjectionUpdate {
    /// `[r, in]`
    let a: Parameter
    /// `[out, r]`
    let b: Parameter
    private let scaling: Float
    private let beginning: LowRankBeginning
    private let dropout: UpdateDropout

    var hasDropout: Bool { dropout.isOn }
    /// h.
    var savedCount: Int { a.value.rows }
    var tensors: [(suffix: String, parameter: Parameter)] { [(Self.suffixA, a), (Self.suffixB, b)] }
    var changesOutput: Bool { Kernels.squaredNorm(b.value) > 0 }
    var lowRankPair: LowRankPair? { LowRankPair(a: a.value, b: b.value, scaling: scaling) }

    static let suffixA = "lora_A.weight"
    static let suffixB = "lora_B.weight"

    init(_ place: AdaptedPlace, beginning: LowRankBeginning = .kaiming, dropout: UpdateDropout) {
        (a, b) = Self.pair(place)
        self.beginning = beginning
        scaling = place.scaling
        self.dropout = dropout
    }

    /// A and B of zeros.
    static func pair(_ place: AdaptedPlace) -> (a: Parameter, b: Parameter) {
        (
            Parameter(
                name: TensorNames.name(suffixA, of: place.slot.name),
                value: Matrix(rows: place.rank, columns: place.slot.inputs)),
            Parameter(
                name: TensorNames.name(suffixB, of: place.slot.name),
                value: Matrix(rows: place.slot.outputs, columns: place.rank), isRaised: true)
        )
    }

    /// Elements of A and B.
    static func elements(_ place: AdaptedPlace) -> Int { place.rank * (place.slot.inputs + place.slot.outputs) }

    func initialise(_ random: Philox) { beginning.begin(a.value, random) }

    func merge(into weight: Matrix, isTransposed: Bool) { lowRankPair?.add(to: weight, isTransposed: isTransposed) }

    func spectrum(weight: Matrix, isTransposed: Bool) -> (singularValues: [Double], norm: Double) {
        let values = LowRankSpectrum.singularValues(a: a.value, b: b.value, scaling: scaling)
        return (values, values.reduce(0) { $0 + $1 * $1 }.squareRoot())
    }

    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved h: Matrix, pass: Pass
    ) {
        pass.withScratch { scratch in
            let dropped = dropout.apply(x, scratch: scratch, pass: pass)
            multiply(.plain(dropped), .transposed(a.value), into: h, scratch: scratch)
            multiply(
                .plain(h), .transposed(b.value), into: y, scale: scaling, accumulate: true, scratch: scratch)
        }
    }

    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved h: Matrix, into dx: Matrix?, pass: Pass
    ) {
        pass.withScratch { scratch in
            multiply(
                .transposed(dy), .plain(h), into: b.gradient, scale: scaling, accumulate: true, scratch: scratch)
            let dh = scratch.matrix(h.rows, h.columns)
            multiply(.plain(dy), .plain(b.value), into: dh, scale: scaling, scratch: scratch)
            let dropped = dropout.apply(x, scratch: scratch, pass: pass)
            multiply(.transposed(dh), .plain(dropped), into: a.gradient, accumulate: true, scratch: scratch)
            if let dx { inputGradient(dh, into: dx, scratch: scratch, pass: pass) }
        }
    }

    private func inputGradient(_ dh: Matrix, into dx: Matrix, scratch: Arena, pass: Pass) {
        guard dropout.drops(in: pass) else {
            multiply(.plain(dh), .plain(a.value), into: dx, accumulate: true)
            return
        }
        let dDropped = scratch.matrix(dx.rows, dx.columns)
        multiply(.plain(dh), .plain(a.value), into: dDropped)
        dropout.backward(dDropped, into: dx, pass: pass)
    }
}

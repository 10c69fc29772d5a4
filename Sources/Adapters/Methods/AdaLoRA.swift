import ModelFiles
import Tensors
import Transformers

/// How AdaLoRA's ranks fall while it is trained; names and defaults are PEFT's.
package struct RankBudget: Sendable, Equatable {
    /// Rank that each module begins with, `init_r`.
    package var initialRank = 12
    /// Mean rank that the modules end with, `target_r`.
    package var targetRank = 8
    /// Steps before the first rank is taken, `tinit`.
    package var initialSteps = 0
    /// Steps after the last rank is taken, `tfinal`.
    package var finalSteps = 0
    /// Steps between two allocations, `deltaT`.
    package var interval = 1
    /// Of the moving mean of sensitivities, `beta1`.
    package var beta1: Float = 0.85
    /// Of the moving mean of their uncertainties, `beta2`.
    package var beta2: Float = 0.85
    /// Factor on how far P and Q are from orthogonal, `orth_reg_weight`.
    package var orthogonality: Float = 0.5
    /// Steps of the training, `total_step`.
    package var totalSteps = 0

    package init() {}

    /// Ranks that `modules` have together at a step, counted from 1; nil where none are taken at it.
    ///
    /// PEFT computes the same: `RankAllocator.budget_schedule`.
    func ranks(step: Int, modules: Int) -> Int? {
        let (first, last) = (modules * initialRank, modules * targetRank)
        let end = totalSteps - finalSteps
        guard step < end else { return step == end ? last : nil }
        guard step > initialSteps, step % interval == 0 else { return nil }
        let left = 1 - Double(step - initialSteps) / Double(end - initialSteps)
        return Int(Double(first - last) * left * left * left + Double(last))
    }
}

extension AdapterMethod {
    /// Adaptive budget allocation, https://arxiv.org/abs/2303.10512: PEFT's `AdaLoraConfig`.
    package static let adalora = AdapterMethod(
        name: "adalora", peftType: "ADALORA", flag: nil,
        settings: lowRankSettings.union([
            "init_r", "target_r", "tinit", "tfinal", "deltaT", "beta1", "beta2", "orth_reg_weight", "total_step",
        ]),
        ggufObstacle: nil, untrained: "every singular value is zero",
        members: { configuration in
            func number(_ value: Float) -> String { Int(exactly: value).map(String.init) ?? String(value) }
            let budget = configuration.budget
            let layers = configuration.layers.map {
                [("layers_to_transform", "[" + $0.sorted().map(String.init).joined(separator: ", ") + "]")]
            }
            return [
                ("bias", "\"none\""), ("lora_alpha", number(configuration.alpha)),
                ("lora_dropout", "\(configuration.dropout)"), ("init_r", "\(budget.initialRank)"),
                ("target_r", "\(budget.targetRank)"), ("tinit", "\(budget.initialSteps)"),
                ("tfinal", "\(budget.finalSteps)"), ("deltaT", "\(budget.interval)"), ("beta1", "\(budget.beta1)"),
                ("beta2", "\(budget.beta2)"), ("orth_reg_weight", number(budget.orthogonality)),
                ("total_step", "\(budget.totalSteps)"),
            ] + (layers ?? [])
        },
        attachment: .projections(
            demand: { place in
                let (inputs, outputs) = (place.slot.inputs, place.slot.outputs)
                let elements = place.rank * (inputs + outputs + 1)
                // Of each element its sensitivity and its uncertainty, and the mask. h₀ of each module; h, dh and dh₀.
                return ModuleDemand(
                    elements: elements, constants: 2 * elements + place.rank, savedCount: place.rank,
                    scratchCount: 3 * place.rank,
                    analysisBytes: LowRankSpectrum.bytes(rank: place.rank, inputs: inputs, outputs: outputs)
                        + DType.float32.bytes * elements)
            },
            make: { place, dropout in SingularUpdate(place, dropout: dropout) }),
        read: { file, configuration in
            func number(_ key: String, _ standard: Int, _ range: ClosedRange<Int>) throws -> Int {
                let value = try file.int(key, default: standard)
                guard range.contains(value) else {
                    throw AdaptersError(
                        .malformed,
                        "\(file.path): \(key) is \(value), not from \(range.lowerBound) to \(range.upperBound).")
                }
                return value
            }
            let (ranks, steps) = (1...AdapterConfiguration.largestRank, 0...(1 << 30))
            var budget = RankBudget()
            budget.initialRank = try number("init_r", 12, ranks)
            budget.targetRank = try number("target_r", 8, ranks)
            budget.initialSteps = try number("tinit", 0, steps)
            budget.finalSteps = try number("tfinal", 0, steps)
            budget.interval = try number("deltaT", 1, 1...(1 << 30))
            budget.beta1 = try file.float("beta1", default: 0.85)
            budget.beta2 = try file.float("beta2", default: 0.85)
            budget.orthogonality = try file.float("orth_reg_weight", default: 0.5)
            budget.totalSteps = try number("total_step", 0, steps)
            configuration.budget = budget
            configuration.ranks = try keptRanks(file, initial: budget.initialRank)
        },
        fingerprint: { configuration in
            let budget = configuration.budget
            return " init_r: \(budget.initialRank) target_r: \(budget.targetRank) tinit: \(budget.initialSteps)"
                + " tfinal: \(budget.finalSteps) deltaT: \(budget.interval) beta1: \(budget.beta1)"
                + " beta2: \(budget.beta2) orth_reg_weight: \(budget.orthogonality) total_step: \(budget.totalSteps)"
        },
        rank: { $0.budget.initialRank },
        scaling: { configuration, _, _ in
            // PEFT divides by the rank that a module began with, whatever is left of it.
            configuration.alpha / (Float(configuration.budget.initialRank) + 1e-5)
        },
        companion: { configuration, updates in
            let updates = updates.compactMap { $0 as? SingularUpdate }
            // Of a file that PEFT has cut to the ranks that were kept, nothing is left to allocate.
            guard configuration.ranks.isEmpty, configuration.budget.totalSteps > 0 else { return nil }
            return RankAllocator(updates, configuration.budget)
        },
        suffixes: [SingularUpdate.suffixA, SingularUpdate.suffixE, SingularUpdate.suffixB])

    /// `rank_pattern` as PEFT writes it when ranks have been taken: of each module's singular values those that are kept,
    /// which alone are in the file.
    private static func keptRanks(_ file: ConfigurationFields, initial: Int) throws -> ModuleSettings<Int> {
        let ending = ".lora_E"
        return try ModuleSettings(
            try (file.fields("rank_pattern")?.members ?? []).map { name, value in
                let kept = value.arrayValue?.compactMap(\.boolValue)
                guard let kept, kept.count == initial, kept.count == value.arrayValue?.count, name.hasSuffix(ending)
                else {
                    throw AdaptersError(
                        .malformed, "\(file.path): rank_pattern of '\(name)' is no list of \(initial) true or false.")
                }
                return (key: String(name.dropLast(ending.count)), value: kept.count { $0 })
            })
    }
}

/// The update of one projection by AdaLoRA, P·Λ·Q in the paper and B·diag(E)·A in PEFT, s = alpha/(init_r + 10⁻⁵):
///
///     x̃ = dropout(x)           [T, in]
///     h₀ = x̃·Aᵀ                [T, r]
///     h = E ⊙ h₀               [T, r]
///     y += s·h·Bᵀ              [T, out]
///
/// Backward, with dy `[T, out]`:
///
///     dB += s·dyᵀ·h            [out, r]
///     dh  = s·dy·B             [T, r]
///     dE += Σ_t dh ⊙ h₀        [r]
///     dA += (E ⊙ dh)ᵀ·x̃        [r, in]
///     dx += dropout'((E ⊙ dh)·A)
///
/// PEFT computes the same: `peft.tuners.adalora.layer`.
final class SingularUpdate: ProjectionUpdate {
    /// Q, `[r, in]`
    let a: Parameter
    /// Λ, `[1, r]`, saved as `[r, 1]`
    let e: Parameter
    /// P, `[out, r]`
    let b: Parameter
    private let scaling: Float
    private let dropout: UpdateDropout

    var hasDropout: Bool { dropout.isOn }
    /// h₀.
    var savedCount: Int { a.value.rows }
    var tensors: [(suffix: String, parameter: Parameter)] {
        [(Self.suffixA, a), (Self.suffixE, e), (Self.suffixB, b)]
    }
    var changesOutput: Bool { Kernels.squaredNorm(e.value) > 0 }

    static let suffixA = "lora_A"
    static let suffixE = "lora_E"
    static let suffixB = "lora_B"

    /// W' = W + s·B·(diag(E)·A).
    var lowRankPair: LowRankPair? {
        let scaled = Matrix(rows: a.value.rows, columns: a.value.columns)
        scaled.copy(from: a.value)
        for row in 0..<scaled.rows { Kernels.scale(scaled.rows(row..<(row + 1)), by: e.value[0, row]) }
        return LowRankPair(a: scaled, b: b.value, scaling: scaling)
    }

    /// E as a column, as PEFT has it.
    var published: [(name: String, matrix: Matrix, shape: [Int])] {
        let column = Matrix(rows: e.value.columns, columns: 1)
        Kernels.transpose(e.value, into: column)
        return [(a.name, a.value, a.shape), (e.name, column, e.shape), (b.name, b.value, b.shape)]
    }

    init(_ place: AdaptedPlace, dropout: UpdateDropout) {
        let (slot, rank) = (place.slot, place.rank)
        a = Parameter(
            name: TensorNames.name(Self.suffixA, of: slot.name), value: Matrix(rows: rank, columns: slot.inputs))
        e = Parameter(
            name: TensorNames.name(Self.suffixE, of: slot.name), value: Matrix(rows: 1, columns: rank),
            shape: [rank, 1])
        b = Parameter(
            name: TensorNames.name(Self.suffixB, of: slot.name), value: Matrix(rows: slot.outputs, columns: rank))
        scaling = place.scaling
        self.dropout = dropout
    }

    /// A and B normal with a standard deviation of 0.02, E zero.
    func initialise(_ random: Philox) {
        LowRankBeginning.normal(a.value, deviation: 0.02, random)
        LowRankBeginning.normal(b.value, deviation: 0.02, random, step: 1)
    }

    func merge(into weight: Matrix, isTransposed: Bool) {
        guard !isEmpty else { return }
        lowRankPair?.add(to: weight, isTransposed: isTransposed)
    }

    func spectrum(weight: Matrix, isTransposed: Bool) -> (singularValues: [Double], norm: Double) {
        guard !isEmpty, let pair = lowRankPair else { return ([], 0) }
        let values = LowRankSpectrum.singularValues(a: pair.a, b: pair.b, scaling: pair.scaling)
        return (values, values.reduce(0) { $0 + $1 * $1 }.squareRoot())
    }

    /// Whether every rank was taken, and nothing is left of it in the file.
    private var isEmpty: Bool { a.value.rows == 0 }

    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved h0: Matrix, pass: Pass
    ) {
        guard !isEmpty else { return }
        pass.withScratch { scratch in
            let dropped = dropout.apply(x, scratch: scratch, pass: pass)
            multiply(.plain(dropped), .transposed(a.value), into: h0, scratch: scratch)
            let h = scratch.scaledColumns(h0, by: e.value)
            multiply(
                .plain(h), .transposed(b.value), into: y, scale: scaling, accumulate: true, scratch: scratch)
        }
    }

    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved h0: Matrix, into dx: Matrix?, pass: Pass
    ) {
        guard !isEmpty else { return }
        pass.withScratch { scratch in
            let h = scratch.scaledColumns(h0, by: e.value)
            multiply(
                .transposed(dy), .plain(h), into: b.gradient, scale: scaling, accumulate: true, scratch: scratch)
            let dh = scratch.matrix(h.rows, h.columns)
            multiply(.plain(dy), .plain(b.value), into: dh, scale: scaling, scratch: scratch)
            Kernels.addColumnDots(dh, h0, into: e.gradient)
            let dh0 = scratch.scaledColumns(dh, by: e.value)
            let dropped = dropout.apply(x, scratch: scratch, pass: pass)
            multiply(.transposed(dh0), .plain(dropped), into: a.gradient, accumulate: true, scratch: scratch)
            guard let dx else { return }
            guard dropout.drops(in: pass) else {
                return multiply(.plain(dh0), .plain(a.value), into: dx, accumulate: true)
            }
            let dDropped = scratch.matrix(dx.rows, dx.columns)
            multiply(.plain(dh0), .plain(a.value), into: dDropped)
            dropout.backward(dDropped, into: dx, pass: pass)
        }
    }
}

import Foundation
import Tensors
import Transformers

/// AdaLoRA's allocation of ranks. After each update, of every element w of E, A and B with its gradient g:
///
///     I = |w·g|,  Ī = β₁·Ī + (1 − β₁)·I,  Ū = β₂·Ū + (1 − β₂)·|I − Ī|
///
/// A singular value's score is its own Ī·Ū and the means of Ī·Ū over its row of A and its column of B; those of the
/// lowest scores, of all modules together, are set to zero until the budget is met. Ī − I in place of I − Ī is the same.
///
/// Beside the rows' loss stands the mean over all A and B of ‖A·Aᵀ − 1‖ and ‖Bᵀ·B − 1‖, times `orth_reg_weight`.
///
/// PEFT computes the same: `peft.tuners.adalora`.
final class RankAllocator: TrainingCompanion {
    private let updates: [SingularUpdate]
    private let budget: RankBudget
    private let scores: [ImportanceScores]
    /// A Gram matrix of each update, `[r, r]`.
    private let grams: [Matrix]

    init(_ updates: [SingularUpdate], _ budget: RankBudget) {
        self.updates = updates
        self.budget = budget
        scores = updates.map(ImportanceScores.init)
        grams = updates.map { Matrix(rows: $0.a.value.rows, columns: $0.a.value.rows) }
    }

    var state: [(name: String, matrix: Matrix)] { scores.flatMap(\.state) }

    func regularise() -> Double {
        guard budget.orthogonality > 0, !updates.isEmpty else { return 0 }
        let weight = budget.orthogonality / Float(2 * updates.count)
        return zip(updates, grams).reduce(0) { sum, pair in
            let (update, gram) = pair
            multiply(.plain(update.a.value), .transposed(update.a.value), into: gram)
            let forA = deviate(gram)
            if forA > 0 {
                multiply(
                    .plain(gram), .plain(update.a.value), into: update.a.gradient, scale: 2 * weight / Float(forA),
                    accumulate: true)
            }
            multiply(.transposed(update.b.value), .plain(update.b.value), into: gram)
            let forB = deviate(gram)
            if forB > 0 {
                multiply(
                    .plain(update.b.value), .plain(gram), into: update.b.gradient, scale: 2 * weight / Float(forB),
                    accumulate: true)
            }
            return sum + Double(weight) * (forA + forB)
        }
    }

    /// Turns a Gram matrix into its difference from 1, and returns its norm.
    private func deviate(_ gram: Matrix) -> Double {
        for index in 0..<gram.rows { gram[index, index] -= 1 }
        return Kernels.squaredNorm(gram).squareRoot()
    }

    func updated(step: Int) {
        let end = budget.totalSteps - budget.finalSteps
        if step < end { for score in scores { score.take(beta1: budget.beta1, beta2: budget.beta2) } }
        if let ranks = budget.ranks(step: step, modules: updates.count) { allocate(ranks) }
        if step > end { for (update, score) in zip(updates, scores) { score.mask(update.e.value) } }
    }

    /// Sets all but about `ranks` singular values to zero: those whose score is not above that of the last one to go.
    private func allocate(_ ranks: Int) {
        let all = scores.map { $0.ofSingularValues() }
        let surplus = updates.count * budget.initialRank - ranks
        guard surplus > 0 else { return }
        let threshold = all.joined().sorted()[surplus - 1]
        for ((update, score), values) in zip(zip(updates, scores), all) {
            score.keep(values.map { $0 > threshold })
            score.mask(update.e.value)
        }
    }
}

/// Sensitivities and uncertainties of one module's elements, and which of its singular values are kept.
final class ImportanceScores {
    private let parameters: (a: Parameter, e: Parameter, b: Parameter)
    private let means: [(parameter: Parameter, sensitivity: Matrix, uncertainty: Matrix)]
    /// 1 for what is kept, `[1, r]`.
    private let kept: Matrix

    init(_ update: SingularUpdate) {
        parameters = (update.a, update.e, update.b)
        means = [update.a, update.e, update.b].map { parameter in
            let (rows, columns) = (parameter.value.rows, parameter.value.columns)
            return (parameter, Matrix(rows: rows, columns: columns), Matrix(rows: rows, columns: columns))
        }
        kept = Matrix(rows: 1, columns: update.e.value.columns)
        kept.fill(1)
    }

    /// What a resumed run goes on with.
    var state: [(name: String, matrix: Matrix)] {
        means.flatMap { mean in
            [
                (mean.parameter.name + ".sensitivity", mean.sensitivity),
                (mean.parameter.name + ".uncertainty", mean.uncertainty),
            ]
        } + [(parameters.e.name + ".kept", kept)]
    }

    /// Takes the parameters and their gradients into the means.
    func take(beta1: Float, beta2: Float) {
        for (parameter, sensitivity, uncertainty) in means {
            for row in 0..<parameter.value.rows {
                parameter.value.withRow(row) { values in
                    parameter.gradient.withRow(row) { gradients in
                        sensitivity.withRow(row) { smoothed in
                            uncertainty.withRow(row) { spread in
                                for index in values.indices {
                                    let importance = abs(values[index] * gradients[index])
                                    smoothed[index] = beta1 * smoothed[index] + (1 - beta1) * importance
                                    spread[index] =
                                        beta2 * spread[index] + (1 - beta2) * abs(importance - smoothed[index])
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The score of each singular value.
    func ofSingularValues() -> [Float] {
        let (a, e, b) = (means[0], means[1], means[2])
        var columns = [Double](repeating: 0, count: kept.columns)
        for row in 0..<b.sensitivity.rows {
            for column in columns.indices {
                columns[column] += Double(b.sensitivity[row, column] * b.uncertainty[row, column])
            }
        }
        return columns.indices.map { index in
            let row = (0..<a.sensitivity.columns).reduce(0.0) {
                $0 + Double(a.sensitivity[index, $1] * a.uncertainty[index, $1])
            }
            let vectors =
                Float(row / Double(a.sensitivity.columns)) + Float(columns[index] / Double(b.sensitivity.rows))
            return e.sensitivity[0, index] * e.uncertainty[0, index] + vectors
        }
    }

    func keep(_ isKept: [Bool]) { for (index, value) in isKept.enumerated() { kept[0, index] = value ? 1 : 0 } }

    /// Sets singular values that are not kept to zero.
    func mask(_ e: Matrix) {
        for index in 0..<e.columns where kept[0, index] == 0 { e[0, index] = 0 }
    }
}

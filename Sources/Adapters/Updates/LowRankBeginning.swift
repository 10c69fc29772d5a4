import Foundation
import Tensors
import Transformers

/// What A and B of a low-rank update begin as, PEFT's `init_lora_weights`.
package enum LowRankBeginning: String, Sendable, Equatable {
    /// A as PyTorch begins a linear layer, B zero.
    case kaiming
    /// A normal with a standard deviation of 1/r, B zero.
    case gaussian
    /// The r largest singular directions of W. https://arxiv.org/abs/2404.02948
    case pissa
    /// The first r columns of Q and rows of R, W = Q·R. https://arxiv.org/abs/2406.01775
    case olora

    /// Whether A and B begin as a part of W, which training begins with taking out of W.
    var isPartOfWeight: Bool { self == .pissa || self == .olora }

    /// Sets A where B stays zero.
    func begin(_ a: Matrix, _ random: Philox) {
        switch self {
        case .gaussian: Self.normal(a, deviation: 1 / Double(a.rows), random)
        case .kaiming, .pissa, .olora: Self.uniform(a, random)
        }
    }

    /// A and B as a part of W: scaling · B·A is what of W lies in their directions.
    ///
    /// - Returns: nil where W holds what is no number.
    func parts(of weight: Matrix, rank: Int, scaling: Float) -> (a: Matrix, b: Matrix)? {
        guard self == .pissa else { return Factorisation.orthogonal(weight, count: rank).map { ($0.r, $0.q) } }
        guard let (left, values, right) = Factorisation.singular(weight, count: rank) else { return nil }
        for (direction, value) in values.enumerated() {
            let root = Float((value / Double(scaling)).squareRoot())
            Kernels.scale(right.rows(direction..<(direction + 1)), by: root)
            for row in 0..<left.rows { left[row, direction] *= root }
        }
        return (right, left)
    }

    /// Kaiming-uniform with a = √5: uniform within ±1/√in.
    private static func uniform(_ a: Matrix, _ random: Philox) {
        let bound = 1 / Float(a.columns).squareRoot()
        for row in 0..<a.rows {
            for column in 0..<a.columns {
                let uniform = random.uniform(step: 0, position: UInt64(row * a.columns + column))
                a[row, column] = (2 * uniform - 1) * bound
            }
        }
    }

    /// By Box and Muller's transform, in double, of two of a place's four words.
    static func normal(_ a: Matrix, deviation: Double, _ random: Philox, step: UInt64 = 0) {
        for row in 0..<a.rows {
            for column in 0..<a.columns {
                let bits = random.bits(step: step, position: UInt64(row * a.columns + column))
                let (first, second) = ((Double(bits.x) + 0.5) * 0x1p-32, Double(bits.y) * 0x1p-32)
                a[row, column] = Float(deviation * (-2 * log(first)).squareRoot() * cos(2 * .pi * second))
            }
        }
    }
}

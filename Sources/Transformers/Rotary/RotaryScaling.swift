import Foundation
import ModelFiles
import Tensors

/// How a model changes its rotary frequencies θ_i = theta^(−2i/D) to reach further than it was first trained.
///
/// Every formula as in transformers' `modeling_rope_utils.py`.
enum RotaryScaling: Equatable {
    case none
    /// θ_i / factor. https://arxiv.org/abs/2306.15595
    case linear(factor: Float)
    /// Low frequencies divided, high ones kept, those between interpolated, as Llama 3.1 does.
    case llama3(factor: Float, lowFactor: Float, highFactor: Float, originalPositions: Int)
    /// https://arxiv.org/abs/2309.00071
    case yarn(Yarn)
    /// θ_i divided by a factor of its own, by one list up to the original positions and by another beyond.
    /// https://arxiv.org/abs/2402.13753
    case longRoPE(short: [Float], long: [Float], originalPositions: Int, attentionFactor: Float)

    struct Yarn: Equatable {
        var factor: Float
        var originalPositions: Int
        var betaFast: Float
        var betaSlow: Float
        /// Whether the ends of the ramp are whole dimensions.
        var truncates: Bool
        var attentionFactor: Float
    }

    /// The positions of heads of which `dimensions` are rotated.
    func positions(theta: Float, dimensions: Int, maxPositions: Int) -> RotaryPositions {
        let base = RotaryTable.frequencies(theta: theta, dimensions: dimensions)
        func table(_ frequencies: [Float], scale: Float = 1) -> RotaryPositions {
            RotaryPositions(table: RotaryTable([(frequencies, maxPositions)], scale: scale))
        }
        switch self {
        case .none: return table(base)
        case .linear(let factor): return table(base.map { $0 / factor })
        case .llama3(let factor, let lowFactor, let highFactor, let originalPositions):
            let length = Float(originalPositions)
            return table(
                base.map { Self.llama3($0, factor: factor, low: lowFactor, high: highFactor, length: length) })
        case .yarn(let yarn):
            return table(yarn.frequencies(base, theta: theta), scale: yarn.attentionFactor)
        case .longRoPE(let short, let long, _, let attentionFactor) where short == long:
            return table(zip(base, short).map { $0 / $1 }, scale: attentionFactor)
        case .longRoPE(let short, let long, let originalPositions, let attentionFactor):
            return RotaryPositions(
                short: zip(base, short).map { $0 / $1 }, long: zip(base, long).map { $0 / $1 },
                limit: originalPositions, maxPositions: maxPositions, scale: attentionFactor)
        }
    }

    /// Frequencies whose wavelength λ = 2π/θ is above length/low are divided by the factor, those below length/high
    /// kept, and those between are weighted by s = (length/λ − low)/(high − low).
    private static func llama3(_ frequency: Float, factor: Float, low: Float, high: Float, length: Float) -> Float {
        let wavelength = 2 * Float.pi / frequency
        if wavelength < length / high { return frequency }
        if wavelength > length / low { return frequency / factor }
        let smooth = (length / wavelength - low) / (high - low)
        return (1 - smooth) * frequency / factor + smooth * frequency
    }
}

extension RotaryScaling.Yarn {
    /// θ_i·(1 − γ_i)/factor + θ_i·γ_i: γ falls from 1 to 0 between the dimensions that turn betaFast and betaSlow times
    /// within the original positions.
    func frequencies(_ base: [Float], theta: Float) -> [Float] {
        let dimensions = Float(2 * base.count)
        func dimension(turns: Float) -> Float {
            dimensions * log(Float(originalPositions) / (turns * 2 * .pi)) / (2 * log(theta))
        }
        var (low, high) = (dimension(turns: betaFast), dimension(turns: betaSlow))
        if truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        (low, high) = (max(low, 0), min(high, dimensions - 1))
        if low == high { high += 0.001 }
        return base.enumerated().map { index, frequency in
            let ramp = min(max((Float(index) - low) / (high - low), 0), 1)
            return frequency / factor * ramp + frequency * (1 - ramp)
        }
    }
}

import Foundation
import ModelFiles

/// A model's rotary settings: those that transformers 5 keeps in `rope_parameters`, and earlier versions kept at the top
/// level and in `rope_scaling`.
struct RotarySettings {
    private let configuration: ModelConfiguration
    /// Where the scaling and its factors stand; nil where there is none.
    private let scaling: ConfigurationFields?
    let theta: Float
    /// Share of a head's dimensions that is rotated.
    let share: Float

    /// - Parameters:
    ///   - layerType: `full_attention` or `sliding_attention` where each kind of layer has settings of its own.
    ///   - thetaKey: where theta stands in a configuration of earlier versions.
    ///   - defaultTheta: where it stands nowhere; `ropeTheta` where nil.
    ///   - defaultShare: of the rotated dimensions.
    /// - Throws: `ModelFilesError.malformed`.
    init(
        _ configuration: ModelConfiguration, layerType: String? = nil, thetaKey: String = "rope_theta",
        defaultTheta: Float? = nil, shareKey: String = "partial_rotary_factor", defaultShare: Float = 1
    ) throws {
        self.configuration = configuration
        let fields = configuration.fields
        var parameters = try fields.fields("rope_parameters")
        if let layerType, let nested = try parameters?.fields(layerType) { parameters = nested }
        // In earlier versions only the layers that see everything were scaled.
        let earlier = layerType == "sliding_attention" ? nil : try fields.fields("rope_scaling")
        scaling = parameters ?? earlier
        let topTheta = try fields.float(thetaKey, default: defaultTheta ?? configuration.ropeTheta)
        theta = try parameters?.float("rope_theta", default: topTheta) ?? topTheta
        let topShare = try fields.float(shareKey, default: defaultShare)
        share = try scaling?.float("partial_rotary_factor", default: topShare) ?? topShare
    }

    /// The positions of this model's heads.
    ///
    /// - Throws: `TransformersError.unsupported` for a scaling that lorad does not compute; `ModelFilesError.malformed`.
    func positions() throws -> RotaryPositions {
        let headDim = configuration.headDim
        let dimensions = (0...1).contains(share) ? Int(Float(headDim) * share) : 0
        guard theta.isFinite, theta > 0, dimensions > 0, dimensions % 2 == 0, dimensions <= headDim else {
            throw malformed("a rope_theta of \(theta) and a share of \(share) of \(headDim) as rotated dimensions")
        }
        let pairs = dimensions / 2
        let scaling = try scaled(pairs: pairs)
        var rows = configuration.maxPositions
        if case .longRoPE(_, _, let originalPositions, _) = scaling { rows += originalPositions }
        guard pairs * rows <= Self.mostElements else {
            throw malformed("\(rows) positions of \(dimensions) dimensions, more than a table of lorad's may have")
        }
        return scaling.positions(theta: theta, dimensions: dimensions, maxPositions: configuration.maxPositions)
    }

    /// Of a table: a million positions of heads of 128 dimensions. No weight's shape says how many positions there are, so
    /// a configuration alone could ask for all memory.
    private static let mostElements = 1 << 26

    /// The same for a family that rotates all of a head.
    ///
    /// - Throws: as `positions`.
    func wholeHeads() throws -> RotaryPositions {
        guard share == 1 else { throw malformed("a partial_rotary_factor of \(share)") }
        return try positions()
    }

    private func scaled(pairs: Int) throws -> RotaryScaling {
        guard let scaling else { return .none }
        let kind = try scaling.string("rope_type", default: scaling.string("type", default: "default"))
        switch kind {
        // Up to max_position_embeddings, beyond which lorad does not go, dynamic scaling changes nothing.
        case "default", "dynamic": return .none
        case "linear": return .linear(factor: try positive("factor", in: scaling))
        case "llama3":
            let (low, high) = (
                try positive("low_freq_factor", in: scaling), try positive("high_freq_factor", in: scaling)
            )
            guard low < high else { throw malformed("a low_freq_factor of \(low) and a high_freq_factor of \(high)") }
            return .llama3(
                factor: try positive("factor", in: scaling), lowFactor: low, highFactor: high,
                originalPositions: try originalPositions(scaling))
        // Phi-3's first configurations call it so.
        case "longrope", "su": return try longRoPE(scaling, pairs: pairs)
        case "yarn": return configuration.modelType == "phi3" ? try longRoPE(scaling, pairs: pairs) : try yarn(scaling)
        default:
            throw TransformersError(
                .unsupported, "\(configuration.fields.path): \(scaling.prefix)rope_type is '\(kind)'.",
                advice: "lorad computes: default, dynamic, linear, llama3, longrope, yarn.")
        }
    }

    /// Attention is scaled by 0.1·ln(factor) + 1, unless the configuration says otherwise.
    private func yarn(_ scaling: ConfigurationFields) throws -> RotaryScaling {
        let original = try originalPositions(scaling)
        let ratio = Float(configuration.maxPositions) / Float(original)
        let factor = scaling.value("factor") == nil ? ratio : try positive("factor", in: scaling)
        func magnitude(_ weight: Float) -> Float { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
        let (weight, allWeight) = (
            try scaling.float("mscale", default: 0), try scaling.float("mscale_all_dim", default: 0)
        )
        let usual = weight != 0 && allWeight != 0 ? magnitude(weight) / magnitude(allWeight) : magnitude(1)
        let (fast, slow) = (
            try scaling.float("beta_fast", default: 32), try scaling.float("beta_slow", default: 1)
        )
        guard fast > slow, slow > 0 else { throw malformed("a beta_fast of \(fast) and a beta_slow of \(slow)") }
        return .yarn(
            RotaryScaling.Yarn(
                factor: factor, originalPositions: original, betaFast: fast, betaSlow: slow,
                truncates: try scaling.bool("truncate", default: true),
                attentionFactor: try scaling.float("attention_factor", default: usual)))
    }

    /// Attention is scaled by √(1 + ln(factor)/ln(original positions)), unless the configuration says otherwise.
    private func longRoPE(_ scaling: ConfigurationFields, pairs: Int) throws -> RotaryScaling {
        let original = try originalPositions(scaling)
        let ratio = Float(configuration.maxPositions) / Float(original)
        let factor = scaling.value("factor") == nil ? ratio : try positive("factor", in: scaling)
        let usual = factor <= 1 ? 1 : (1 + log(factor) / log(Float(original))).squareRoot()
        func factors(_ key: String) throws -> [Float] {
            let factors = try scaling.floats(key)
            guard factors.count == pairs, factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
                throw malformed("\(factors.count) values in \(key), not \(pairs) positive ones")
            }
            return factors
        }
        return .longRoPE(
            short: try factors("short_factor"), long: try factors("long_factor"), originalPositions: original,
            attentionFactor: try scaling.float("attention_factor", default: usual))
    }

    /// Phi-3 keeps them at the top level, which wins.
    private func originalPositions(_ scaling: ConfigurationFields) throws -> Int {
        let key = "original_max_position_embeddings"
        let inside = try scaling.int(key, default: configuration.maxPositions)
        let positions = try configuration.fields.int(key, default: inside)
        guard positions > 1, positions <= 1 << 24 else { throw malformed("\(key) of \(positions)") }
        return positions
    }

    private func positive(_ key: String, in scaling: ConfigurationFields) throws -> Float {
        let value = try scaling.float(key)
        guard value.isFinite, value > 0 else { throw malformed("a \(key) of \(value)") }
        return value
    }

    private func malformed(_ what: String) -> TransformersError {
        TransformersError(.unsupported, "\(configuration.fields.path): rotary positions with \(what).")
    }
}

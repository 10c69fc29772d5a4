import Foundation
import ModelFiles

/// How a model's heads are rotated, by the settings that its configuration comes to.
struct RotarySettings {
    private let configuration: ModelConfiguration
    /// The kind of scaling and its factors.
    private let scaling: ConfigurationFields
    /// `rope_type`, which `type` was called before.
    private let kind: String
    let theta: Float
    /// Share of a head's dimensions that is rotated.
    let share: Float
    /// Width of the heads that `share` is one of.
    private let headDim: Int
    private let longRoPE: LongRoPEOnly?

    /// A family with no scaling but LongRoPE, under any of its names; its class has a default of the original
    /// positions.
    struct LongRoPEOnly {
        let originalPositions: Int
    }

    /// - Parameters:
    ///   - layers: where each kind of layer has settings of its own.
    ///   - headDim: where it is not that of the configuration.
    ///   - longRoPE: where there is no other scaling.
    /// - Throws: `ModelFilesError` as `RotaryParameters`.
    init(
        _ configuration: ModelConfiguration, layers: RotaryParameters.Layers = .full, headDim: Int? = nil,
        longRoPE: LongRoPEOnly? = nil
    ) throws {
        guard
            let parameters = try RotaryParameters(configuration.fields, configuration.family, layers: layers)
        else { preconditionFailure("\(configuration.modelType) plans rotary positions and names no keys of them") }
        self.configuration = configuration
        self.headDim = headDim ?? configuration.headDim
        self.longRoPE = longRoPE
        scaling = parameters.fields
        kind = try scaling.string("rope_type", default: scaling.string("type", default: "default"))
        theta = layers == .sliding ? parameters.theta : configuration.ropeTheta
        share = parameters.share
    }

    /// The positions of this model's heads.
    ///
    /// - Throws: `TransformersError.unsupported` for a scaling that lorad does not compute; `ModelFilesError.malformed`.
    func positions() throws -> RotaryPositions { try positions(share: share) }

    private func positions(share: Float) throws -> RotaryPositions {
        let dimensions = (0...1).contains(share) ? Int(Float(headDim) * share) : 0
        guard theta.isFinite, theta > 0, dimensions > 0, dimensions % 2 == 0, dimensions <= configuration.headDim else {
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

    /// The same for a family that rotates all of a head. Without scaling, transformers does not read its
    /// `partial_rotary_factor` at all; with scaling its frequencies no longer fit the heads.
    ///
    /// - Throws: as `positions`.
    func wholeHeads() throws -> RotaryPositions {
        guard share == 1 || kind == "default" else { throw malformed("a partial_rotary_factor of \(share)") }
        return try positions(share: 1)
    }

    private func scaled(pairs: Int) throws -> RotaryScaling {
        guard longRoPE == nil || ["default", "longrope", "su", "yarn"].contains(kind) else {
            throw TransformersError(
                .unsupported, "\(configuration.fields.path): \(scaling.prefix)rope_type is '\(kind)'.",
                advice: "Models of type \(configuration.modelType) have: default, longrope.")
        }
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
        case "yarn": return longRoPE != nil ? try longRoPE(scaling, pairs: pairs) : try yarn(scaling)
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

    /// The top level wins, where Phi-3 keeps them: its class has a default there, so that it never asks further.
    private func originalPositions(_ scaling: ConfigurationFields) throws -> Int {
        let key = "original_max_position_embeddings"
        let inside = try longRoPE?.originalPositions ?? scaling.int(key, default: configuration.maxPositions)
        let positions = try configuration.fields.int(key, default: inside)
        guard positions > 1, positions <= ModelConfiguration.largestSize else {
            throw malformed("\(key) of \(positions)")
        }
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

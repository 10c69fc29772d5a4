/// The rotary settings that a config.json comes to, as transformers 5 reads them (`convert_rope_params_to_dict`): of
/// `rope_scaling`, where earlier versions kept the scaling, and `rope_parameters`, where 5 keeps everything.
///
/// The first takes the place of the second wherever it says anything, and what neither says stands at the top level.
/// Only Gemma 3 has settings for each kind of layer, and there `rope_scaling` is laid over those of the layers with
/// full attention.
package struct RotaryParameters: Sendable {
    /// Which layers they are for, where a family tells layers apart.
    package enum Layers: String, Sendable {
        case full = "full_attention"
        case sliding = "sliding_attention"
    }

    /// The kind of scaling and its factors.
    package let fields: ConfigurationFields
    /// Base of the frequencies.
    package let theta: Float
    /// Share of a head's dimensions that is rotated.
    package let share: Float

    /// Nil for a family without rotary positions.
    ///
    /// - Throws: `ModelFilesError.malformed` naming a member of the wrong kind, `.unsupported` for settings by kind of
    ///   layer where the family has none.
    package init?(_ configuration: ConfigurationFields, _ family: FamilyFiles, layers: Layers = .full) throws {
        guard let keys = family.keys.rotary else { return nil }
        fields =
            keys.slidingTheta != nil
            ? try Self.byLayer(configuration, layers) : try Self.flat(configuration, family.modelType)
        let topTheta =
            if layers == .sliding, let key = keys.slidingTheta {
                try configuration.float(key, default: ConfigurationKeys.Rotary.usualTheta)
            } else { try configuration.float(keys.theta, default: keys.defaultTheta) }
        theta = try fields.float("rope_theta", default: topTheta)
        let topShare = try configuration.float(keys.share, default: keys.defaultShare)
        share = try fields.float("partial_rotary_factor", default: topShare)
    }

    private static let new = "rope_parameters"
    private static let old = "rope_scaling"

    private static func flat(_ configuration: ConfigurationFields, _ modelType: String) throws -> ConfigurationFields {
        let scaling = try configuration.fields(old).flatMap { $0.members.isEmpty ? nil : $0 }
        guard let fields = try scaling ?? configuration.fields(new) else { return .empty }
        let nested = [Layers.full, .sliding].map(\.rawValue).first { fields.value($0) != nil }
        if let nested {
            throw ModelFilesError(
                .unsupported,
                "\(configuration.path): \(fields.prefix)\(nested) sets rotary positions for one kind of layer, which "
                    + "models of type \(quoted(modelType)) do not tell apart.")
        }
        return fields
    }

    private static func byLayer(_ configuration: ConfigurationFields, _ layers: Layers) throws -> ConfigurationFields {
        let usual = JSONObject([("rope_type", .string("default"))])
        let parameters = try configuration.fields(new)
        let own = parameters?.value(layers.rawValue)
        let prefix = "\(new).\(layers.rawValue)."
        var merged = try ConfigurationFields(path: configuration.path, json: own ?? .object(usual), prefix: prefix)
        if layers == .full, let scaling = try configuration.fields(old) {
            guard own != nil || parameters == nil else {
                throw ModelFilesError(
                    .unsupported, "\(configuration.path): \(old) stands beside a \(new) without \(layers.rawValue).",
                    advice: "Move its members to \(prefix.dropLast()), as transformers 5 writes them.")
            }
            let members = scaling.members.reduce(JSONObject(merged.members)) { $0.setting($1.key, to: $1.value) }
            merged = try ConfigurationFields(path: configuration.path, json: .object(members), prefix: prefix)
        }
        return merged
    }
}

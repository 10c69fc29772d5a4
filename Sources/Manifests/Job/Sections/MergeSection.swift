/// How merged weights are compared and exported.
package struct MergeSection: Section {
    /// The files of merged weights to publish.
    package var export = MergeExport.none
    /// The precision that will be served; parity is proved for it.
    package var dtype = ServedDType.float32
    /// The largest difference of a logit that still counts as parity; nil: lorad's own bound for the dtype.
    package var tolerance: Double?

    static let fields: [Field<MergeSection>] = [
        .standard("export", \.export, .choice(), standard: "`none`", "The files of merged weights to publish."),
        .standard(
            "dtype", \.dtype, .choice(), standard: "`float32`",
            "The precision that will be served; parity is proved for it."),
        .optional(
            "tolerance", \.tolerance, .number(NumberBounds(above: 0), example: "0.001"),
            absent: "lorad's bound for the dtype", "The largest difference of a logit that still counts as parity."),
    ]
}

/// The files that merged weights are published as.
package enum MergeExport: String, Sendable, CaseIterable, Codable {
    case none, safetensors, gguf
}

/// What merged weights can be stored and served in.
package enum ServedDType: String, Sendable, CaseIterable, Codable {
    case float32, bfloat16
}

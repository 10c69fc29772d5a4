/// How merged weights are compared and exported.
package struct MergeSection: Section {
    /// The files of merged weights to publish.
    package var export = MergeExport.none
    /// The precision that will be served; parity is proved for it.
    package var dtype = ServedDType.float32
    /// The blocks that a published GGUF's weights are requantised to; nil: they are stored in `dtype`.
    package var type: GGUFStorage?
    /// Most nats that the published GGUF's distributions may be from those of base and adapter, in the mean; nil: a
    /// requantised one less than the adapter itself moves them.
    package var maxKL: Double?
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
        .optional(
            "type", \.type, .choice(), absent: "stored in `dtype`",
            "Of `export: gguf`: the blocks that weights are requantised to (Q8_0, Q4_0, Q4_1, Q4_K or Q6_K)."),
        .optional(
            "max_kl", \.maxKL, .number(NumberBounds(atLeast: 0), example: "0.1"),
            absent: "a requantised one less than the adapter moves them",
            "Of `export: gguf`, a gate: most nats that the published model's next-token distributions may be from those of "
                + "base and adapter, in the mean over the regression prompts."),
    ]

    static func check(
        _ section: inout MergeSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        for key in ["type", "max_kl"] {
            guard let entry = node.entry(key), !entry.value.isNull, section.export != .gguf else { continue }
            context.diagnostics.add(
                entry.position, "\(path)\(key) is of a published GGUF; \(path)export is \(section.export.rawValue)")
        }
        guard let type = section.type, !type.isBlocks, let entry = node.entry("type") else { return }
        let words = type == .f16 ? "" : "; set \(path)dtype to \(type == .f32 ? "float32" : "bfloat16") in its place"
        context.diagnostics.add(
            entry.value.position,
            "\(path)type is \(type.rawValue); a GGUF is requantised to Q8_0, Q4_0, Q4_1, Q4_K or Q6_K\(words)")
    }
}

/// The files that merged weights are published as.
package enum MergeExport: String, Sendable, CaseIterable, Codable {
    case none, safetensors, gguf
}

/// What merged weights can be stored and served in.
package enum ServedDType: String, Sendable, CaseIterable, Codable {
    case float32, bfloat16
}

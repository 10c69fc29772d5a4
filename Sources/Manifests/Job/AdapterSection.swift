/// The adapter to train (Hu et al. 2021, arXiv 2106.09685).
package struct AdapterSection: Section {
    /// The kind of adapter.
    package var method = AdapterKind.lora
    /// r, the rank of the update.
    package var rank = 8
    /// The update is scaled by alpha / rank.
    package var alpha = 16.0
    /// Whether it is scaled by alpha / √rank in place of that; nil for no.
    package var useRSLoRA: Bool?
    /// Probability of dropping an input of the adapter's branch while training.
    package var dropout = 0.05
    /// Module names, path suffixes, or `all-linear`; nil for those that the base's type has by default.
    package var targets: [String]?
    /// What training goes on from: a name in the outbox, `NAME/RUN`, or a folder; nil for a fresh adapter.
    package var initFrom: String?

    static let fields: [Field<AdapterSection>] = [
        .standard(
            "method", \.method, .choice(planned: ["adalora", "ia3", "prompt", "prefix", "qlora"]),
            standard: "`lora`", "The kind of adapter: see [methods](methods.md)."),
        .standard("rank", \.rank, .integer(1...4096, example: 8), standard: "8", "The rank r of the update."),
        .standard(
            "alpha", \.alpha, .number(NumberBounds(above: 0), example: "16"), standard: "16",
            "The update is scaled by alpha / rank."),
        .optional(
            "use_rslora", \.useRSLoRA, .boolean, absent: "false",
            "Scales the update by alpha / √rank (rsLoRA), which keeps it as strong at high ranks."),
        .standard(
            "dropout", \.dropout, .number(NumberBounds(atLeast: 0, below: 1), example: "0.05"), standard: "0.05",
            "Probability of dropping an input of the adapter while training. "
                + "At 0, rows that begin alike compute their beginning once."),
        .optional(
            "targets", \.targets,
            .list(
                of: .text("module name", example: "q_proj"), ListRule(atLeast: 1, atMost: 1_000, allowsSingle: true),
                example: "[q_proj, v_proj]"),
            absent: "PEFT's for the type of base",
            "Which linear projections get an adapter: names, path suffixes, or `all-linear`. "
                + "By default `q_proj` and `v_proj`, or what stands in their place."),
        .optional(
            "init_from", \.initFrom, .path(example: "sentiment"), absent: "a fresh adapter",
            "The adapter that training goes on from: a name (its latest run), `NAME/RUN` of the outbox, or a folder."),
    ]

    /// The folder that `init_from` names; nil where it names a run in the outbox, which has at most one `/`.
    package var initFolder: String? {
        initFrom.flatMap { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            return parts.count > 2 || parts.contains { $0.isEmpty || $0.hasPrefix(".") } ? text : nil
        }
    }
}

/// The kinds of adapter lorad trains.
package enum AdapterKind: String, Sendable, CaseIterable, Codable {
    case lora, dora
}

import AdapterKinds

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
    /// Ranks of modules that have their own, by expressions as PEFT's; the first that matches counts.
    package var rankPattern: [NamedValue<Int>]?
    /// Alphas of modules that have their own.
    package var alphaPattern: [NamedValue<Double>]?
    /// Probability of dropping an input of the adapter's branch while training.
    package var dropout = 0.05
    /// What A and B begin as; nil for `kaiming`.
    package var beginning: AdapterBeginning?
    /// Module names, path suffixes, or `all-linear`; nil for those that the base's type has by default.
    package var targets: [String]?
    /// Of the targets, those whose inputs are scaled; nil for those that the base's type has by default.
    package var feedforwardModules: [String]?
    /// Of the targets, those that are not adapted.
    package var exclude: [String]?
    /// The layers that are adapted; nil for all.
    package var layers: [LayerRange]?
    /// Modules of the base that `hybrid` trains whole: names, or expressions as PEFT's.
    package var trainModules: [String]?
    /// The same beside LoRA, by PEFT's name for it.
    package var modulesToSave: [String]?
    /// Which biases of the base are trained; nil for none.
    package var bias: BiasTraining?
    /// Rank that each module of AdaLoRA begins with.
    package var initialRank = 12
    /// Mean rank that the modules end with.
    package var targetRank = 8
    /// Steps before the first rank is taken, and after the last.
    package var tinit = 0
    package var tfinal = 0
    /// Steps between two allocations.
    package var deltaT = 1
    /// Of the moving means that ranks are taken by.
    package var beta1 = 0.85
    package var beta2 = 0.85
    /// Factor on how far the singular vectors are from orthogonal.
    package var orthRegWeight = 0.5
    /// Rows that prompt and prefix tuning put before every text.
    package var virtualTokens = 20
    /// What a prompt begins as; nil for random rows.
    package var promptBeginning: PromptBeginning?
    /// The text whose embeddings it begins as.
    package var promptText: String?
    /// The sublayers behind which a bottleneck stands.
    package var variant = BottleneckPlaces.houlsby
    /// How many times narrower than a row a bottleneck is.
    package var reductionFactor = 16
    /// What training goes on from: a name in the outbox, `NAME/RUN`, or a folder; nil for a fresh adapter.
    package var initFrom: String?

    static let fields: [Field<AdapterSection>] = sizeFields + targetFields + budgetFields + otherFields

    private static let sizeFields: [Field<AdapterSection>] = [
        .standard(
            "method", \.method, .choice(planned: ["qlora"]),
            standard: "`lora`", "The kind of adapter: see [methods](methods.md)."),
        own(
            .standard("rank", \.rank, .integer(1...4096, example: 8), standard: "8", "The rank r of the update.")),
        own(
            .standard(
                "alpha", \.alpha, .number(NumberBounds(above: 0), example: "16"), standard: "16",
                "The update is scaled by alpha / rank.")),
        .optional(
            "use_rslora", \.useRSLoRA, .boolean, absent: "false",
            "Scales the update by alpha / √rank (rsLoRA), which keeps it as strong at high ranks."),
        .optional(
            "rank_pattern", \.rankPattern,
            .mapping(of: .integer(1...4096, example: 8), atMost: 1_000, example: "{down_proj: 16}"), absent: "none",
            "Ranks of modules that have their own. Names are regular expressions that match a module's path, or its "
                + "end from a dot on, as in PEFT; the first that matches counts."),
        .optional(
            "alpha_pattern", \.alphaPattern,
            .mapping(
                of: .number(NumberBounds(above: 0), example: "16"), atMost: 1_000, example: "{down_proj: 32}"),
            absent: "none", "The same of alphas."),
        own(
            .standard(
                "dropout", \.dropout, .number(NumberBounds(atLeast: 0, below: 1), example: "0.05"),
                standard: "0.05",
                "Probability of dropping an input of the adapter while training. "
                    + "At 0, rows that begin alike compute their beginning once.")),
        .optional(
            "init", \.beginning, .choice(), absent: "`kaiming`",
            "What A and B begin as: A uniform or normal and B zero, or a part of the base's weight (PiSSA, OLoRA)."),
    ]

    private static let targetFields: [Field<AdapterSection>] = [
        .optional(
            "targets", \.targets, names("[q_proj, v_proj]"), absent: "PEFT's for the type of base",
            "Which linear projections get an adapter: names, path suffixes, or `all-linear`. "
                + "By default `q_proj` and `v_proj`, or what stands in their place. With `lora` and `hybrid` the embedding of "
                + "the tokens by its name too, such as `embed_tokens`."),
        .optional(
            "feedforward_modules", \.feedforwardModules, names("[down_proj]", atLeast: 0),
            absent: "PEFT's for the type of base",
            "Of the targets of `ia3`, those whose inputs are scaled in place of their outputs."),
        .optional(
            "train_modules", \.trainModules, names("[layers.1.mlp]"), absent: "`hybrid` needs it",
            "The modules of the base that `hybrid` trains whole beside LoRA, in which nothing gets an adapter. Names are "
                + "regular expressions that match a module's path, or its end from a dot on."),
        .optional(
            "modules_to_save", \.modulesToSave, names("[lm_head]"), absent: "none",
            "Modules that are trained whole and saved beside LoRA, such as `lm_head` or `embed_tokens`; named as "
                + "`train_modules` are."),
        .optional(
            "bias", \.bias, .choice(), absent: "`none`",
            "The biases of the base that are trained beside LoRA: `all`, or those of adapted projections. Of `bitfit`: "
                + "`all` for those of norms too."),
        .optional(
            "exclude", \.exclude, names("[lm_head]"), absent: "none", "Of the targets, those that get no adapter."),
        .optional(
            "layers", \.layers,
            .list(of: .layers, ListRule(atLeast: 1, atMost: 1_000, allowsSingle: true), example: "[0, 4-7]"),
            absent: "all", "The layers whose targets get an adapter, counted from 0: numbers, or ranges with both ends."
        ),
        .optional(
            "init_from", \.initFrom, .path(example: "sentiment"), absent: "a fresh adapter",
            "The adapter that training goes on from: a name (its latest run), `NAME/RUN` of the outbox, a version of the "
                + "registry (`NAME@champion`, `NAME@17`), or a folder."),
    ]

    /// Of `adalora`.
    private static let budgetFields: [Field<AdapterSection>] = [
        .standard(
            "init_r", \.initialRank, .integer(1...4096, example: 12), standard: "12",
            "Rank that each module of `adalora` begins with."),
        .standard(
            "target_r", \.targetRank, .integer(1...4096, example: 8), standard: "8",
            "Mean rank that the modules of `adalora` end with."),
        .standard(
            "tinit", \.tinit, .integer(0...Int(Int32.max), example: 200), standard: "0",
            "Steps before `adalora` takes the first rank."),
        .standard(
            "tfinal", \.tfinal, .integer(0...Int(Int32.max), example: 100), standard: "0",
            "Steps after `adalora` has taken the last rank."),
        .standard(
            "deltaT", \.deltaT, .integer(1...Int(Int32.max), example: 10), standard: "1",
            "Steps between two allocations of ranks."),
        .standard(
            "beta1", \.beta1, .number(NumberBounds(above: 0, below: 1), example: "0.85"), standard: "0.85",
            "Of the moving mean of sensitivities, by which `adalora` takes ranks."),
        .standard(
            "beta2", \.beta2, .number(NumberBounds(above: 0, below: 1), example: "0.85"), standard: "0.85",
            "Of the moving mean of their uncertainties."),
        .standard(
            "orth_reg_weight", \.orthRegWeight, .number(NumberBounds(atLeast: 0), example: "0.5"), standard: "0.5",
            "Factor on the loss that keeps the singular vectors of `adalora` orthogonal."),
    ].map(own)

    /// Of methods that adapt no projections.
    private static let otherFields: [Field<AdapterSection>] = [
        own(
            .standard(
                "num_virtual_tokens", \.virtualTokens, .integer(1...4096, example: 20), standard: "20",
                "Rows that `prompt` and `prefix` put before every text; they take as many of the base's positions.")),
        .optional(
            "prompt_tuning_init", \.promptBeginning, .choice(), absent: "`random`",
            "What the rows of `prompt` begin as: random numbers, or the embeddings of a text."),
        .optional(
            "prompt_tuning_init_text", \.promptText, .text("text", example: "Is this review positive?"),
            absent: "none", "That text, repeated or cut to the number of rows."),
        own(
            .standard(
                "variant", \.variant, .choice(), standard: "`houlsby`",
                "Where `bottleneck` stands: behind attention and the feed-forward layer, or behind the latter alone.")),
        own(
            .standard(
                "reduction_factor", \.reductionFactor, .integer(1...4096, example: 16), standard: "16",
                "How many times narrower than the base's rows a bottleneck is.")),
    ]

    private static func names(_ example: String, atLeast: Int = 1) -> Kind<[String]> {
        .list(
            of: .text("module name", example: "q_proj"), ListRule(atLeast: atLeast, atMost: 1_000, allowsSingle: true),
            example: example)
    }

    /// A field that is written only where the method has it.
    private static func own(_ field: Field<AdapterSection>) -> Field<AdapterSection> {
        field.written { $0.method.keys.contains(field.name) }
    }

    /// Positions that rows before every text take.
    package var virtualPositions: Int { method.keys.contains("num_virtual_tokens") ? virtualTokens : 0 }

    /// Modules of the base that are trained whole, as they are named.
    package var wholeModules: [String] { (trainModules ?? []) + (modulesToSave ?? []) }

    /// The folder that `init_from` names; nil where it names a run in the outbox, which has at most one `/`.
    package var initFolder: String? {
        initFrom.flatMap { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            return parts.count > 2 || parts.contains { $0.isEmpty || $0.hasPrefix(".") } ? text : nil
        }
    }

    static func check(
        _ section: inout AdapterSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        let method = section.method
        for entry in node.entries ?? [] where !entry.value.isNull && !method.keys.contains(entry.key) {
            guard let owners = AdapterKind.owners(of: entry.key) else { continue }
            context.diagnostics.add(
                entry.position, "\(path)\(entry.key) goes with \(path)method \(owners), not \(method.rawValue)")
        }
        if method.hasRank, let beginning = section.beginning, !method.beginnings.contains(beginning),
            let entry = node.entry("init")
        {
            let owners = AdapterKind.allCases.filter { $0.beginnings.contains(beginning) }.map(\.rawValue)
            context.diagnostics.add(
                entry.position,
                "\(path)init \(beginning.rawValue) goes with \(path)method \(owners.joined(separator: " or ")), not "
                    + method.rawValue)
        }
        checkPrompt(section, node, &context, path)
        checkBias(section, node, &context, path)
        if method.keys.contains("train_modules"), section.trainModules == nil, let entry = node.entry("method") {
            context.diagnostics.add(
                entry.position,
                "\(path)method \(method.rawValue) needs \(path)train_modules, the modules that are trained whole beside "
                    + "LoRA")
        }
        if method.keys.contains("target_r"), section.targetRank > section.initialRank,
            let entry = node.entry("target_r") ?? node.entry("init_r")
        {
            context.diagnostics.add(
                entry.position,
                "\(path)target_r is \(section.targetRank), above \(path)init_r \(section.initialRank)")
        }
        if section.beginning != nil, section.initFrom != nil, let second = node.later(of: "init", "init_from") {
            context.diagnostics.add(
                second.position,
                "\(path)init says what a fresh adapter begins as, and \(path)init_from goes on from another; keep one")
        }
    }

    /// Of a method that trains biases and nothing else.
    private static func checkBias(
        _ section: AdapterSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        let method = section.method
        guard method.keys.contains("bias"), !method.isLowRank, let bias = section.bias, let entry = node.entry("bias")
        else { return }
        if bias == .loraOnly {
            context.diagnostics.add(
                entry.position,
                "\(path)bias \(bias.rawValue) is about A and B, which \(path)method \(method.rawValue) has none of")
        }
        // A run's own manifest names what the method adapts where a job's names nothing.
        let namesAll = section.targets == [TargetWord.allLinear]
        for key in namesAll ? ["exclude"] : ["targets", "exclude"] {
            guard bias == .all, let other = node.entry(key), !other.value.isNull else { continue }
            context.diagnostics.add(
                other.position,
                "\(path)bias all trains every bias, and \(path)\(key) says which are trained; keep one")
        }
    }

    /// A prompt begins as a text, or the text means nothing; and one that goes on from another begins as that.
    private static func checkPrompt(
        _ section: AdapterSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        guard section.method.keys.contains("prompt_tuning_init") else { return }
        let text = node.entry("prompt_tuning_init_text").flatMap { $0.value.isNull ? nil : $0 }
        if section.promptBeginning == .text, text == nil, let entry = node.entry("prompt_tuning_init") {
            context.diagnostics.add(
                entry.position, "\(path)prompt_tuning_init text needs \(path)prompt_tuning_init_text, the text")
        }
        if section.promptBeginning != .text, let text {
            context.diagnostics.add(
                text.position, "\(path)prompt_tuning_init_text goes with \(path)prompt_tuning_init text")
        }
        if section.promptBeginning != nil, section.initFrom != nil,
            let second = node.later(of: "prompt_tuning_init", "init_from")
        {
            context.diagnostics.add(
                second.position,
                "\(path)prompt_tuning_init says what a fresh adapter begins as, and \(path)init_from goes on from "
                    + "another; keep one")
        }
    }
}

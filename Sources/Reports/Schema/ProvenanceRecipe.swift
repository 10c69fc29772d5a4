import AdapterKinds
import Common

/// The adapter's shape.
package struct AdapterProvenance: Codable, Sendable, Equatable {
    /// `lora`, or one of its relatives.
    package var method: String
    /// Whether the update is scaled by alpha/√rank; absent where the manifest does not say.
    package var useRSLoRA: Bool?
    /// r; absent where the method has none.
    package var rank: Int?
    /// The update is scaled by alpha/rank.
    package var alpha: Double?
    /// Dropout on the branch's input.
    package var dropout: Double?
    /// Modules with ranks of their own, as `name: rank`; this and what follows is absent where the manifest does not say.
    package var rankPattern: [String]?
    /// Modules with alphas of their own.
    package var alphaPattern: [String]?
    /// The layers that are adapted: numbers, or ranges of them.
    package var layers: [String]?
    /// Targeted modules that are not adapted.
    package var excluded: [String]?
    /// Modules of the base that were trained whole beside the updates, as the manifest names them.
    package var savedModules: [String]?
    /// Which biases of the base were trained.
    package var bias: String?
    /// What A and B began as.
    package var beginning: String?
    /// Targeted modules whose inputs are scaled.
    package var feedforward: [String]?
    /// Rank that each module began with, of AdaLoRA.
    package var initialRank: Int?
    /// Mean rank that the modules ended with.
    package var targetRank: Int?
    /// Rows before every text, of prompt and prefix tuning; this and what follows is absent of other methods.
    package var virtualTokens: Int?
    /// The text that a prompt began as.
    package var promptText: String?
    /// Where bottlenecks stand.
    package var variant: String?
    /// How many times narrower than a row a bottleneck is.
    package var reductionFactor: Int?
    /// The target modules, as the manifest names them; empty where the method adapts no projections.
    package var targets: [String]
    /// `classification` or `regression`; absent where tokens are predicted.
    package var task: String?
    /// The classes' names, in the order of the head's outputs.
    package var labels: [String]?

    /// What the adapter is.
    package init(
        method: String = "lora", useRSLoRA: Bool? = nil, rank: Int?, alpha: Double?, dropout: Double?,
        targets: [String], task: String? = nil,
        labels: [String]? = nil
    ) {
        self.task = task
        self.labels = labels
        self.method = method
        self.useRSLoRA = useRSLoRA
        self.rank = rank
        self.alpha = alpha
        self.dropout = dropout
        self.targets = targets
    }

    private enum CodingKeys: String, CodingKey {
        case method, rank, alpha, dropout, targets, task, labels, layers
        case useRSLoRA = "use_rslora"
        case rankPattern = "rank_pattern"
        case alphaPattern = "alpha_pattern"
        case excluded = "exclude"
        case savedModules = "modules_to_save"
        case bias
        case beginning = "init"
        case feedforward = "feedforward_modules"
        case initialRank = "init_r"
        case targetRank = "target_r"
        case virtualTokens = "num_virtual_tokens"
        case promptText = "prompt_tuning_init_text"
        case variant
        case reductionFactor = "reduction_factor"
    }

    /// The method as its paper spells it: LoRA, DoRA, (IA)³, BitFit, prompt tuning.
    package var methodName: String { kind?.title ?? method }

    /// Whether the run published a model of its own, and no adapter.
    package var isModel: Bool { kind?.publishesModel ?? false }

    /// Whether PEFT reads what the run published; of a method that this lorad does not know it may.
    var isPEFTs: Bool { kind?.isPEFTs ?? true }

    /// Whether its updates are products of A and B, as far as this lorad knows.
    var isLowRank: Bool { kind?.isLowRank ?? true }

    /// Nil for a method that this lorad does not know.
    private var kind: AdapterKind? { AdapterKind(rawValue: method) }

    /// What the run published, such as `LoRA adapter`.
    package var artifactName: String { isModel ? "model" : "\(methodName) adapter" }

    /// The method in words.
    package var methodText: String { useRSLoRA == true ? "\(method) scaled by alpha/√rank" : method }

    /// Rank and alpha, or what else tells how large it is.
    package var size: String? {
        if let initialRank, let targetRank {
            return "ranks from \(initialRank) to a mean of \(targetRank)"
                + (alpha.map { ", alpha \(FigureFormat.plain($0))" } ?? "")
        }
        if let virtualTokens { return "\(virtualTokens) virtual tokens" }
        if let reductionFactor { return "1/\(reductionFactor) of the width" + (variant.map { ", \($0)" } ?? "") }
        return rank.map { "rank \($0)" + (alpha.map { ", alpha \(FigureFormat.plain($0))" } ?? "") }
    }

    /// The settings beside method and targets, in words; foreign where they name modules.
    package var settings: [String] {
        func list(_ name: String, _ values: [String]?) -> String? {
            values.map { "\(name) \($0.joined(separator: ", "))" }
        }
        return [
            size, list("ranks", rankPattern), list("alphas", alphaPattern),
            dropout.map { "dropout \(FigureFormat.plain($0))" }, beginning.map { "beginning with \($0)" },
            list("layers", layers), list("without", excluded),
            list("training whole", savedModules), bias.map { "biases: \($0)" },
            list("scaling the inputs of", feedforward),
            promptText.map { "beginning as \($0.debugDescription)" },
        ].compactMap(\.self)
    }
}

/// How the adapter was trained: what was asked for, and what it took.
package struct TrainingProvenance: Codable, Sendable, Equatable {
    /// Seed of every random choice.
    package var seed: UInt64
    /// Storage dtype of the base's frozen weights.
    package var dtype: String
    /// What their products were computed in; absent in reports of lorad 0.1.0 and before, where it was `dtype`.
    package var computeDType: String?
    /// What computed the steps, the first ones first; more than one where the run went on with other kernels, and may have
    /// ended in other bits than an undisturbed run. Absent in reports of lorad 0.1.0 and before.
    package var kernels: [KernelProvenance]?
    /// The learning rate's course after warmup, as the manifest names it.
    package var schedule: String
    /// What the learning rate ends at as a share of the largest; absent where the schedule has no such share.
    package var minLRRate: Double?
    /// The last steps, in which the learning rate falls; absent where it falls over all of them, or never.
    package var decaySteps: Int?
    /// Largest learning rate.
    package var learningRate: Double
    /// Share of the steps in which the learning rate rises.
    package var warmupRatio: Double
    /// The steps in which it rises, where the manifest says them.
    package var warmupSteps: Int?
    /// AdamW's weight decay.
    package var weightDecay: Double
    /// Share of a target's probability that was spread over all others; absent where none was.
    package var labelSmoothing: Double?
    /// How many times A's learning rate B's was; absent where the manifest does not say.
    package var loraPlusRatio: Double?
    /// NEFTune's alpha; absent where embeddings had no noise.
    package var neftuneAlpha: Double?
    /// The gradient's norm is clipped to this.
    package var maxGradNorm: Double
    /// Rows of one optimizer step.
    package var batchSize: Int
    /// Tokens of the longest row.
    package var maxLength: Int
    /// Optimizer steps taken.
    package var steps: Int
    /// Tokens that went through the model.
    package var tokens: Int
    /// Wall time of training, in seconds.
    package var wallSeconds: Double
    /// Tokens a second.
    package var tokensPerSecond: Double
    /// Largest resident memory, in bytes.
    package var peakMemoryBytes: Int

    /// The recipe; what it took is copied from `report` when training has run.
    package init(
        seed: UInt64, dtype: String, computeDType: String? = nil, kernels: [KernelProvenance]? = nil, schedule: String,
        learningRate: Double, warmupRatio: Double,
        weightDecay: Double, maxGradNorm: Double, batchSize: Int, maxLength: Int, measured report: TrainingReport? = nil
    ) {
        self.seed = seed
        self.dtype = dtype
        self.computeDType = computeDType
        self.kernels = kernels
        self.schedule = schedule
        self.learningRate = learningRate
        self.warmupRatio = warmupRatio
        self.weightDecay = weightDecay
        self.maxGradNorm = maxGradNorm
        self.batchSize = batchSize
        self.maxLength = maxLength
        self.steps = report?.steps ?? 0
        self.tokens = report?.tokens ?? 0
        self.wallSeconds = report?.wallSeconds ?? 0
        self.tokensPerSecond = report?.tokensPerSecond ?? 0
        self.peakMemoryBytes = report?.peakMemoryBytes ?? 0
    }

    private enum CodingKeys: String, CodingKey {
        case seed, dtype, kernels, schedule, steps, tokens
        case computeDType = "compute_dtype"
        case learningRate = "learning_rate"
        case warmupRatio = "warmup_ratio"
        case warmupSteps = "warmup_steps"
        case labelSmoothing = "label_smoothing"
        case neftuneAlpha = "neftune_alpha"
        case loraPlusRatio = "lora_plus_ratio"
        case minLRRate = "min_lr_rate"
        case decaySteps = "decay_steps"
        case weightDecay = "weight_decay"
        case maxGradNorm = "max_grad_norm"
        case batchSize = "batch_size"
        case maxLength = "max_length"
        case wallSeconds = "wall_seconds"
        case tokensPerSecond = "tokens_per_second"
        case peakMemoryBytes = "peak_memory_bytes"
    }
}

/// A run of steps that one variant of the kernels computed.
package struct KernelProvenance: Codable, Sendable, Equatable {
    /// The variant's name, such as `x86-64-v3`; `unknown` where a checkpoint did not say.
    package var variant: String
    /// The number of its arithmetic; 0 where unknown.
    package var number: Int
    /// The steps that were done before.
    package var firstStep: Int

    /// The steps from `firstStep` on.
    package init(variant: String, number: Int, firstStep: Int) {
        self.variant = variant
        self.number = number
        self.firstStep = firstStep
    }

    private enum CodingKeys: String, CodingKey {
        case variant, number
        case firstStep = "first_step"
    }
}

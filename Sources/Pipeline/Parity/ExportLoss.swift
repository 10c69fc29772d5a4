import Evaluation

/// How near a merged model stands to base and adapter, over the next-token distributions of the probe prompts.
package struct ExportLoss: Encodable, Sendable, Equatable {
    /// The mean of KL(base and adapter ‖ exported model) over positions, in nats.
    package let meanKL: Double
    /// The mean of KL(base and adapter ‖ base): what the adapter does.
    package let adapterKL: Double
    /// The share of positions at which both choose the same token.
    package let top1Agreement: Double
    /// Whether greedy texts are the same for every prompt.
    package let identicalText: Bool
    package let maxAbsLogitDifference: Double
    package let prompts: Int

    /// 1 − meanKL / adapterKL: how much of what the adapter does is left. 1 is all; 0 or less is a model that stands no
    /// nearer to base and adapter than the base alone does.
    package var effectKept: Double { adapterKL > 0 ? 1 - meanKL / adapterKL : 0 }

    enum CodingKeys: String, CodingKey {
        case prompts
        case meanKL = "mean_kl"
        case adapterKL = "adapter_kl"
        case effectKept = "effect_kept"
        case top1Agreement = "top1_agreement"
        case identicalText = "identical_text"
        case maxAbsLogitDifference = "max_abs_logit_difference"
    }

    package init(
        meanKL: Double, adapterKL: Double, top1Agreement: Double, identicalText: Bool, maxAbsLogitDifference: Double,
        prompts: Int
    ) {
        self.meanKL = meanKL
        self.adapterKL = adapterKL
        self.top1Agreement = top1Agreement
        self.identicalText = identicalText
        self.maxAbsLogitDifference = maxAbsLogitDifference
        self.prompts = prompts
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(meanKL, forKey: .meanKL)
        try container.encode(adapterKL, forKey: .adapterKL)
        try container.encode(effectKept, forKey: .effectKept)
        try container.encode(top1Agreement, forKey: .top1Agreement)
        try container.encode(identicalText, forKey: .identicalText)
        try container.encode(maxAbsLogitDifference, forKey: .maxAbsLogitDifference)
        try container.encode(prompts, forKey: .prompts)
    }

    /// Judges it.
    ///
    /// - Parameter maxKL: what the caller allows; without it, less than what the adapter does: a model from which
    ///   requantising erased the adapter is not published by oversight.
    /// - Throws: `PipelineError.failed`.
    package func check(maxKL: Double?) throws {
        let isNear = maxKL.map { meanKL <= $0 } ?? (meanKL < adapterKL)
        guard !isNear else { return }
        throw PipelineError(
            .failed,
            maxKL == nil
                ? "The exported model stands no nearer to base and adapter than the base alone; nothing was kept."
                : "The exported model is further from base and adapter than allowed; nothing was kept.",
            cause: "Its next-token distributions are \(meanKL) nats from theirs in the mean"
                + (maxKL.map { ", allowed are \($0)" } ?? "") + "; the base's are \(adapterKL).",
            advice: "Choose a --type of more bits"
                + (maxKL == nil ? ", or state what you accept with --max-kl." : ", or a larger --max-kl."))
    }
}

extension ExportLoss {
    /// - Parameters:
    ///   - measured: the exported model against base and adapter.
    ///   - base: the base alone against them.
    init(_ measured: ParityMeasurement, base: ParityMeasurement, prompts: Int) {
        self.init(
            meanKL: measured.meanKL, adapterKL: base.meanKL, top1Agreement: measured.top1Agreement,
            identicalText: measured.hasIdenticalText, maxAbsLogitDifference: measured.maximum, prompts: prompts)
    }
}

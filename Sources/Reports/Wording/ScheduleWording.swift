import Common

/// The learning rate's course in words.
enum ScheduleWording {
    /// `linear, warmup 6%`.
    static func render(_ training: TrainingProvenance) -> String {
        var course = training.schedule
        if let steps = training.decaySteps { course += " over the last \(FigureFormat.count(steps)) steps" }
        if let share = training.minLRRate { course += " down to \(FigureFormat.percent(share))" }
        let warmup = training.warmupSteps.map { "\(FigureFormat.count($0)) steps" }
        return "\(course), warmup \(warmup ?? FigureFormat.percent(training.warmupRatio))"
    }

    /// `, label smoothing 0.1, NEFTune alpha 5`; empty where there is neither.
    static func regularisation(_ training: TrainingProvenance) -> String {
        let smoothing = training.labelSmoothing.map { ", label smoothing \(FigureFormat.plain($0))" } ?? ""
        let ratio = training.loraPlusRatio.map { ", LoRA+ ratio \(FigureFormat.plain($0))" } ?? ""
        return smoothing + ratio + (training.neftuneAlpha.map { ", NEFTune alpha \(FigureFormat.plain($0))" } ?? "")
    }
}

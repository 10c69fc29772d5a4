import JobReports

extension JobReport {
    /// The same within `MessageLimits`.
    var bounded: JobReport {
        switch self {
        case .stageStarted(let stage, let detail): .stageStarted(stage: stage, detail: Self.detail(detail))
        case .stageEnded(let stage, let detail): .stageEnded(stage: stage, detail: Self.detail(detail))
        case .log(let line): .log(MessageLimits.cut(line, to: MessageLimits.line))
        case .ended(let outcome): .ended(outcome.bounded)
        case .progress, .moved, .heartbeat, .mayPublish: self
        }
    }

    private static func detail(_ text: String?) -> String? {
        text.map { MessageLimits.cut($0, to: MessageLimits.detail) }
    }
}

extension JobOutcome {
    /// The same within `MessageLimits`.
    package var bounded: JobOutcome {
        func cut(_ reason: String) -> String { MessageLimits.cut(reason, to: MessageLimits.reason) }
        switch self {
        case .succeeded(let folder, let summary): return .succeeded(runFolder: folder, summary: summary.bounded)
        case .failed(let reason, let folder, let summary):
            return .failed(reason: cut(reason), runFolder: folder, summary: summary?.bounded)
        case .rejected(let diagnostics):
            var kept = diagnostics.prefix(MessageLimits.mistakes).map {
                MessageLimits.cut($0, to: MessageLimits.mistake)
            }
            if kept.count < diagnostics.count { kept.append("and \(diagnostics.count - kept.count) more") }
            return .rejected(diagnostics: kept)
        case .faulted(let reason): return .faulted(reason: cut(reason))
        case .crashed(let reason): return .crashed(reason: cut(reason))
        case .interrupted: return .interrupted
        }
    }
}

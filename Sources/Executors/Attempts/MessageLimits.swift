import JobReports
import Pipeline
import Reports

/// How much a job process tells its worker at most, so that no message comes near the longest line that is read: what a
/// manifest or its data make long is cut here, and said to be. The worker holds to it what it is told.
package enum MessageLimits {
    /// Bytes of a line of the log, of which one shows a row of data.
    package static let line = 65_536
    /// Bytes of what a stage says of itself.
    package static let detail = 4_096
    /// Bytes of the reason that a job failed for.
    package static let reason = 65_536
    /// Mistakes of a job that is rejected, twice as many as a manifest is told of.
    package static let mistakes = 200
    /// Bytes of one of them.
    package static let mistake = 4_096
    /// Slices and gates of a summary; no job that was begun has more.
    package static let figures = SliceReport.most
    /// Bytes of the name of one; no job that was begun has a longer one.
    package static let name = 768

    /// `text` in at most `limit` bytes, with `…` where it was longer.
    package static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: limit - "…".utf8.count)
        // Back to where a scalar begins.
        while end > text.startIndex, String.Index(end, within: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return text[..<end] + "…"
    }
}

extension JobSummary {
    /// The same within `MessageLimits`.
    package var bounded: JobSummary {
        var summary = self
        summary.slices = slices.prefix(MessageLimits.figures).map { slice in
            var slice = slice
            slice.name = MessageLimits.cut(slice.name, to: MessageLimits.name)
            return slice
        }
        summary.gates = gates.prefix(MessageLimits.figures).map { gate in
            var gate = gate
            gate.condition = MessageLimits.cut(gate.condition, to: MessageLimits.name)
            return gate
        }
        return summary
    }
}

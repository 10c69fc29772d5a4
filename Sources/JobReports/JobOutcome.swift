/// What came of an attempt.
package enum JobOutcome: Sendable, Codable, Equatable {
    /// Published to `runFolder`.
    case succeeded(runFolder: String, summary: JobSummary)
    /// Ran and failed (a gate, parity, NaN), or could not go on.
    case failed(reason: String, runFolder: String?, summary: JobSummary?)
    /// The manifest cannot be run: one line a mistake, `file:line:column: message` where it has a place.
    case rejected(diagnostics: [String])
    /// Cut off by what may pass: a full disk, a process that was killed. Worth another attempt later.
    case faulted(reason: String)
    /// Cut off by a crash of the process's own. Worth another attempt later, and no third one that ends the same way.
    case crashed(reason: String)
    /// Stopped because it was asked to, its checkpoint written.
    case interrupted
}

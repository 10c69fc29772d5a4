import Foundation
import Ledger

/// Whether a manifest is a job that the ledger has already.
struct Repetition {
    let ledger: Ledger

    /// The job that a manifest of these bytes would only repeat; nil where it is worth a job of its own.
    ///
    /// The same content twice is one job while the first waits, and after it was started unless one of the files it
    /// reads has changed since then: a nightly drop of one manifest over fresh data trains again.
    ///
    /// - Parameter lastChange: of the files that the manifest names, as `InputFiles` has it.
    func job(sha256: String, lastChange: Date?) throws -> JobRecord? {
        guard let job = try ledger.job(ofContent: sha256) else { return nil }
        guard job.state == .running || job.state == .succeeded, let start = job.startedAt else { return job }
        return lastChange.map { $0 <= start } ?? false ? job : nil
    }
}

import Common
import Foundation
import Ledger
import OperatingSystem

/// What `lorad submit --follow` and `lorad status --watch` ask again and again.
extension Worker {
    /// Seconds between two looks.
    package static let lookEvery = 0.5
    /// Seconds within which a manifest that is gone from the inbox is to be in the ledger.
    private static let admission = 30.0

    /// A manifest on its way to a job.
    package struct Submitted: Sendable {
        /// The id that its job is to have.
        package let job: String
        /// Where it lies until a worker takes it.
        package let path: String
        /// SHA-256 of its bytes, hexadecimal.
        package let sha256: String

        package init(job: String, path: String, text: String) {
            self.job = job
            self.path = path
            sha256 = ManifestFile.hash(Array(text.utf8))
        }
    }

    /// Waits until the job of a manifest has ended, and returns it; nil where `stop` asked first.
    ///
    /// - Parameter take: told at every look how the job stands; nil while no worker has taken the manifest.
    /// - Throws: `WorkerError.unknownJob` where the manifest is gone and no job came of it.
    package func follow(
        _ submitted: Submitted, stop: StopRequest, take: (JobStatus?) throws -> Void
    ) throws -> JobRecord? {
        var gone: Double?
        while !stop.isRequested {
            if let ledger = try ledger(), let job = try job(of: submitted, ledger, isGone: gone != nil) {
                return try follow(job.id, stop: stop, take: take)
            }
            let isThere = FileSystem.exists(submitted.path) || FileSystem.exists(folders.claim(submitted.job))
            let now = ProcessInfo.processInfo.systemUptime
            gone = isThere ? nil : gone ?? now
            if let gone, now - gone > Self.admission {
                throw WorkerError(
                    .unknownJob, "The manifest is gone from the inbox, and no job came of it.",
                    advice: "The worker's log says why.")
            }
            try take(nil)
            Thread.sleep(forTimeInterval: Self.lookEvery)
        }
        return nil
    }

    /// The same of a job that there is. One that was interrupted is waited for: the next worker goes on with it.
    package func follow(
        _ job: String, stop: StopRequest, take: (JobStatus?) throws -> Void
    ) throws -> JobRecord? {
        guard let ledger = try ledger() else { throw Ledger.noJob(job) }
        while !stop.isRequested {
            let status = try status(of: try ledger.job(job), ledger)
            try take(status)
            if status.job.state.isFinal { return status.job }
            Thread.sleep(forTimeInterval: Self.lookEvery)
        }
        return nil
    }

    /// - Parameter isGone: whether the manifest left the inbox: it may have been the same as another job's.
    private func job(of submitted: Submitted, _ ledger: Ledger, isGone: Bool) throws -> JobRecord? {
        if let job = try ledger.find(submitted.job) { return job }
        return isGone ? try ledger.job(ofContent: submitted.sha256) : nil
    }
}

import Common
import Executors
import Foundation
import Ledger
import OperatingSystem

/// `.lorad/jobs/ID`: what a job keeps over its attempts.
struct WorkFolder {
    private static let log = "log"
    static let checkpoint = "checkpoint.safetensors"
    private static let errors = "stderr"

    private let path: String

    init(_ path: String) { self.path = path }

    /// Makes the folder, and removes the half-written files of an attempt that was killed.
    func prepare() throws {
        try FileSystem.makePrivateFolder(path)
        for name in try FileSystem.names(in: path) where name.contains(".partial") { remove(name) }
    }

    /// Leaves the log, and the checkpoint of a job that may be retried from it: one that ended without a run. What
    /// cannot be removed now goes with the folder later.
    ///
    /// - Parameter keepingJournal: where something is still to be done with the run that it tells of.
    func clear(of job: JobRecord, keepingJournal: Bool = false) {
        let mayGoOn = (job.state == .cancelled || job.state == .failed) && job.runFolder == nil
        for name in (try? FileSystem.names(in: path)) ?? [] {
            guard name != Self.log, !(keepingJournal && name == JobRequest.journal),
                !(mayGoOn && (name == Self.checkpoint || name == Self.errors))
            else { continue }
            remove(name)
        }
    }

    private func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path + "/" + name) }
}

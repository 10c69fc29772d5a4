import Common
import ForeignText
import Foundation
import Manifests
import Reports

/// A run on its way to the outbox: a hidden folder `outbox/NAME/.publishing-RUN-attempt-N`, on the outbox's own file
/// system, that becomes `outbox/NAME/RUN` by one rename. Until then no reader sees any of it.
///
/// The process that fills the folder holds the lock of `.publishing-RUN-attempt-N.lock` beside it. A crash frees the lock
/// and leaves the folder, and the next run of the name removes every such folder whose lock is free.
package final class RunStaging {
    /// What stands in it between the run and the attempt's number.
    private static let attemptMark = "-attempt-"
    /// The ending of the lock file beside a staged folder.
    private static let lockEnding = ".lock"

    /// The folder to write the run's files into.
    package let folder: String
    /// The run's identifier, unlike that of any other run of the name.
    package let run: RunIdentifier
    let parent: String
    let lock: FileLock

    private init(folder: String, run: RunIdentifier, parent: String, lock: FileLock) {
        self.folder = folder
        self.run = run
        self.parent = parent
        self.lock = lock
    }

    /// Opens an empty staging folder for a run of `name`, after removing what crashed runs of that name left.
    ///
    /// The outbox itself is not made: one that has vanished is most likely a file system that is not mounted.
    /// - Parameter attempt: which attempt of its job this is; part of the folder's name.
    /// - Throws: `PublicationError` where `name` cannot be a folder's name or the outbox cannot be written.
    package static func begin(outbox: String, name: String, run: RunIdentifier, attempt: Int = 1) throws -> RunStaging {
        try checkName(name)
        let parent = "\(outbox)/\(name)"
        try OutboxPlace.check(parent)
        do {
            if !FileSystem.exists(parent) {
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: false)
                try Durable.synchronize(outbox)
            }
            let entry = try OutboxPlace.lock(parent)
            defer { withExtendedLifetime(entry) {} }
            try removeLeftovers(in: parent)
            let free = try firstFree(run, in: parent)
            let folder = "\(parent)/\(OutboxPlace.stagingPrefix)\(free)\(attemptMark)\(attempt)"
            let lock = try FileLock(
                folder + lockEnding, waiting: OutboxPlace.lockTime, showing: { ForeignText.quoted($0) })
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            return RunStaging(folder: folder, run: free, parent: parent, lock: lock)
        } catch let error as any Fault {
            throw error
        } catch {
            throw PublicationError(
                .unwritable, "A run of \(name) cannot be staged in \(outbox).", cause: FileSystem.reason(of: error))
        }
    }

    /// Gives the run up. What cannot be removed now, the next run of the name removes.
    package func discard() {
        try? FileManager.default.removeItem(atPath: folder)
        lock.remove()
    }

    /// A name is one visible path component that no other entry of the outbox bears.
    private static func checkName(_ name: String) throws {
        let allowed = name.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "._-".unicodeScalars.contains($0))
        }
        guard allowed, !name.isEmpty, name.utf8.count <= 100, !name.hasPrefix("."), !name.hasPrefix("-"),
            !JobManifest.reservedNames.contains(name)
        else {
            throw PublicationError(
                .rejected, "The name \(ForeignText.quoted(name, limit: 100)) cannot name a folder of the outbox.",
                advice:
                    "Use up to 100 ASCII letters, digits, '.', '_' and '-', beginning with a letter or digit, and none "
                    + "of \(JobManifest.reservedNames.joined(separator: ", ")).")
        }
    }

    private static func removeLeftovers(in parent: String) throws {
        let entries = try FileManager.default.contentsOfDirectory(atPath: parent).filter {
            $0.hasPrefix(OutboxPlace.stagingPrefix)
        }
        // A lock file without its folder is of a run that was given up just before its process died, or that an earlier lorad
        // published.
        let staged = Set(entries.map { $0.hasSuffix(lockEnding) ? String($0.dropLast(lockEnding.count)) : $0 })
        for entry in staged {
            let path = "\(parent)/\(entry)"
            guard let lock = try FileLock.ifFree(path + lockEnding) else { continue }
            if FileSystem.exists(path) { try FileManager.default.removeItem(atPath: path) }
            lock.remove()
        }
    }

    private static func firstFree(_ run: RunIdentifier, in parent: String) throws -> RunIdentifier {
        let entries = try FileManager.default.contentsOfDirectory(atPath: parent)
        var ordinal = 1
        while true {
            let candidate = run.counted(ordinal)
            let names = RunStatus.allCases.map(candidate.folderName)
            let isStaged = entries.contains { $0.hasPrefix("\(OutboxPlace.stagingPrefix)\(candidate)\(attemptMark)") }
            if !isStaged, !names.contains(where: entries.contains) { return candidate }
            ordinal += 1
        }
    }
}

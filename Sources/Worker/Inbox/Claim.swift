import Common
import Executors
import ForeignText
import Foundation
import Glibc
import Ledger
import OperatingSystem

/// A manifest taken out of the inbox: `.lorad/claimed/ID/NAME.yaml`.
package struct Claim: Sendable, Equatable {
    package let job: String
    /// As it was called in the inbox.
    package let name: String
    package let path: String

    /// The user whose file it is; nil where it is gone.
    package var owner: UInt32? { FileSystem.status(path)?.st_uid }

    /// Bytes that it can take of the ledger.
    var size: Int { min(FileSystem.status(path).map { Int($0.st_size) } ?? 0, ManifestFile.largestSize) }

    /// Takes `name` by rename(2): whoever renames first has it, everybody else finds nothing. Nil where it has
    /// vanished. Throws where it is there and cannot be taken.
    ///
    /// - Parameter isFree: whether a job may have this id, which the file's name asks for. Anybody may name a file so: of one
    ///   that there is already, another is made.
    package static func take(
        _ name: String, folders: WorkerFolders, isFree: (String) throws -> Bool = { _ in true }
    ) throws -> Claim? {
        try folders.requireOwnClaims()
        let asked = InboxNames.parts(of: name)
        let (job, folder) = try makeFolder(for: try asked.flatMap { try isFree($0.job) ? $0.job : nil }, folders)
        let kept = asked?.name ?? name
        let claim = Claim(job: job, name: kept, path: folder + "/" + kept)
        guard rename(folders.inbox + "/" + name, claim.path) == 0 else {
            let code = errno
            // A network file system may have done it, lost its answer, and refused the second request.
            if code == ENOENT, FileSystem.exists(claim.path) { return claim }
            rmdir(folder)
            if code == ENOENT { return nil }
            throw WorkerError(
                .unwritable, "The manifest \(ForeignText.line(name)) cannot be claimed.",
                cause: FileSystem.reason(code),
                advice: code == EXDEV
                    ? "The inbox was mounted or unmounted since the worker started; start it again."
                    : "The worker needs write access to the inbox and to what is dropped there.")
        }
        // On disk before the ledger tells of it: after a power cut it lies in one of the two places, not in both.
        for synced in [folder, folders.claimed, folders.inbox] { try Durable.synchronize(synced) }
        return claim
    }

    private static func makeFolder(
        for asked: String?, _ folders: WorkerFolders
    ) throws -> (job: String, folder: String) {
        for job in [asked, Identifier.job()].compactMap(\.self) {
            let folder = folders.claimed + "/" + job
            if mkdir(folder, 0o700) == 0 { return (job, folder) }
            guard errno == EEXIST, job == asked else {
                throw WorkerError(.unwritable, "The folder \(folder) cannot be made.", cause: FileSystem.reason())
            }
        }
        throw WorkerError(.unwritable, "No claim can be made in \(folders.claimed).")
    }

    /// Removes what is left of it, once the job no longer needs it; the ledger keeps the text.
    package func discard() {
        unlink(path)
        rmdir(String(path.dropLast(name.count + 1)))
    }

    /// Claims left by an earlier worker, oldest first. Empty folders are removed.
    package static func leftovers(_ folders: WorkerFolders) throws -> [Claim] {
        try folders.requireOwnClaims()
        return try folders.claimFolders.flatMap(leftovers).sorted { $0.job < $1.job }
    }

    /// The claims that lie beside the inbox, and not in the state folder, where running jobs have theirs. Removes nothing:
    /// a job that begins may be making its folder.
    static func ofShare(_ folders: WorkerFolders) throws -> [Claim] {
        try folders.requireOwnClaims()
        return try claims(in: folders.claimed) { _ in }
    }

    private static func leftovers(in claimed: String) throws -> [Claim] { try claims(in: claimed) { rmdir($0) } }

    private static func claims(in claimed: String, empty: (String) -> Void) throws -> [Claim] {
        try FileSystem.names(in: claimed).compactMap { job in
            let folder = claimed + "/" + job
            guard FileSystem.isFolder(folder) else { return nil }
            guard let name = try FileSystem.names(in: folder).first else {
                empty(folder)
                return nil
            }
            return Claim(job: job, name: name, path: folder + "/" + name)
        }
    }
}

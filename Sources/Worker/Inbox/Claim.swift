import Foundation
import Glibc

/// A manifest taken out of the inbox: `.lorad/claimed/ID/NAME.yaml`.
package struct Claim: Sendable, Equatable {
    package let job: String
    /// As it was called in the inbox.
    package let name: String
    package let path: String

    /// Takes `name` by rename(2): whoever renames first has it, everybody else finds nothing. Nil where it has
    /// vanished. Throws where it is there and cannot be taken.
    package static func take(_ name: String, folders: WorkerFolders) throws -> Claim? {
        let job = Identifier.job()
        let folder = folders.claim(job)
        guard mkdir(folder, 0o755) == 0 else {
            throw WorkerError(.unwritable, "The folder \(folder) cannot be made.", cause: FileSystem.reason())
        }
        let claim = Claim(job: job, name: name, path: folder + "/" + name)
        guard rename(folders.inbox + "/" + name, claim.path) == 0 else {
            let code = errno
            rmdir(folder)
            if code == ENOENT { return nil }
            throw WorkerError(
                .unwritable, "The manifest \(SingleLine.of(name)) cannot be claimed.", cause: FileSystem.reason(code),
                advice: "The worker needs write access to the inbox and to what is dropped there.")
        }
        // On disk before the ledger tells of it: after a power cut it lies in one of the two places, not in both.
        for synced in [folder, folders.claimed, folders.inbox] { try FileSystem.syncFolder(synced) }
        return claim
    }

    /// Removes what is left of it, once the job no longer needs it; the ledger keeps the text.
    package func discard() {
        unlink(path)
        rmdir(String(path.dropLast(name.count + 1)))
    }

    /// Claims left by an earlier worker, oldest first. Empty folders are removed.
    package static func leftovers(_ folders: WorkerFolders) throws -> [Claim] {
        try FileSystem.names(in: folders.claimed).sorted().compactMap { job in
            let folder = folders.claim(job)
            guard FileSystem.isFolder(folder) else { return nil }
            guard let name = try FileSystem.names(in: folder).first else {
                rmdir(folder)
                return nil
            }
            return Claim(job: job, name: name, path: folder + "/" + name)
        }
    }
}

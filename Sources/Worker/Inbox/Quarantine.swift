import Foundation
import Glibc

/// `outbox/rejected/NAME.ID/`: what could not be taken, beside `reason.txt` with one line a mistake.
struct Quarantine: Sendable {
    let folders: WorkerFolders

    /// Known before anything is moved, so that the ledger and the webhooks can name it. `attempt` tells the folders of
    /// a job apart that was retried.
    func folder(for claim: Claim, attempt: Int = 0) -> String {
        // A name may have 255 bytes; the folder adds the id's.
        let folder = folders.rejected + "/" + Self.shortened(SingleLine.of(claim.name)) + "." + claim.job
        return attempt > 1 ? "\(folder)-\(attempt)" : folder
    }

    /// Moves the claim to `final`. May be called again after a crash half-way: what is done is not done twice.
    ///
    /// The folder is filled under a hidden name and appears whole. A file that lies on another file system than the
    /// outbox stays where it was claimed, and `reason.txt` says where.
    func put(_ claim: Claim, in final: String, mistakes: [String]) throws {
        guard !FileSystem.exists(final) else { return }
        let hidden = folders.rejected + "/." + claim.job
        try FileSystem.makeFolder(hidden)
        let kept = hidden + "/" + claim.name
        var lines = mistakes.map(SingleLine.of)
        if rename(claim.path, kept) != 0, !FileSystem.exists(kept) {
            lines.append("The file could not be moved here (\(FileSystem.reason())); it lies at \(claim.path).")
        }
        unlink(hidden + "/reason.txt")
        try FileSystem.writeNewFile(Array((lines.joined(separator: "\n") + "\n").utf8), to: hidden + "/reason.txt")
        try FileSystem.syncFolder(hidden)
        guard rename(hidden, final) == 0 else {
            throw WorkerError(.unwritable, "The folder \(final) cannot be made.", cause: FileSystem.reason())
        }
        try FileSystem.syncFolder(folders.rejected)
        claim.discard()
    }

    private static func shortened(_ name: String) -> String {
        var result = name
        while result.utf8.count > 200 { result.removeLast() }
        return result
    }
}

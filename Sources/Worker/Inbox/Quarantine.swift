import Common
import ForeignText
import Foundation
import Glibc
import OperatingSystem
import Pipeline

/// `outbox/rejected/NAME.ID/`: what could not be taken, beside `reason.txt` with one line a mistake.
struct Quarantine: Sendable {
    let folders: WorkerFolders

    /// Known before anything is moved, so that the ledger and the webhooks can name it. `attempt` tells the folders of
    /// a job apart that was retried.
    func folder(for claim: Claim, attempt: Int = 0) -> String {
        // A name may have 255 bytes; the folder adds the id's.
        let folder = folders.rejected + "/" + Self.shortened(ForeignText.line(claim.name)) + "." + claim.job
        return attempt > 1 ? "\(folder)-\(attempt)" : folder
    }

    /// The jobs whose folders a crash left hidden and half-filled; none where the outbox is not there now.
    func leftovers() throws -> [String] {
        guard FileSystem.isFolder(folders.rejected) else { return [] }
        return try FileSystem.names(in: folders.rejected).filter { $0.hasPrefix(".") }.map { String($0.dropFirst()) }
    }

    /// Moves the claim to `final`. May be called again after a crash half-way: what is done is not done twice.
    ///
    /// The folder is filled under a hidden name and appears whole. Where the outbox lies on another file system, a file
    /// is copied there; what is no regular file, or larger than any manifest, stays where it was claimed, and `reason.txt` says where.
    func put(_ claim: Claim, in final: String, mistakes: [String]) throws {
        guard !FileSystem.exists(final) else { return }
        let hidden = folders.rejected + "/." + claim.job
        try FileSystem.makeFolder(hidden)
        let kept = hidden + "/" + claim.name
        var lines = mistakes.map(ForeignText.line)
        let isMoved = try move(claim.path, to: kept)
        if !isMoved { lines.append("The file could not be moved here; it lies at \(claim.path).") }
        unlink(hidden + "/reason.txt")
        try Durable.writeNew(Data((lines.joined(separator: "\n") + "\n").utf8), to: hidden + "/reason.txt")
        try Durable.synchronize(hidden)
        guard rename(hidden, final) == 0 else {
            throw WorkerError(.unwritable, "The folder \(final) cannot be made.", cause: FileSystem.reason())
        }
        try Durable.synchronize(folders.rejected)
        if isMoved { claim.discard() }
    }

    /// Moves the file, or copies one that lies on another file system. False where it can be neither: it is no regular
    /// file, or larger than a manifest, and a later look at it would not change that.
    private func move(_ path: String, to kept: String) throws -> Bool {
        guard let status = FileSystem.status(path) else { return true }
        // Of a copy that a crash cut off.
        unlink(kept)
        if rename(path, kept) == 0 { return true }
        guard errno == EXDEV else {
            throw WorkerError(.unwritable, "\(path) cannot be moved to \(kept).", cause: FileSystem.reason())
        }
        // Nil also where its sender writes on: a file that grows for ever must not be copied for as long.
        guard status.st_mode & S_IFMT == S_IFREG,
            let bytes = BoundedFile.read(path, limit: ManifestFile.largestSize)
        else { return false }
        try Durable.writeNew(Data(bytes), to: kept)
        return true
    }

    private static func shortened(_ name: String) -> String {
        // By scalars: a letter under a hundred accents is one character.
        var result = name.unicodeScalars
        while String(result).utf8.count > 200 { result.removeLast() }
        return String(result)
    }
}

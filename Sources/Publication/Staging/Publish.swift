import Common
import Digests
import Foundation
import Reports

/// A run that stands in the outbox.
package struct PublishedRun: Sendable, Equatable {
    /// `outbox/NAME/RUN`, with `-failed` or `-rejected` appended where it did not succeed.
    package let folder: String
    /// The run's identifier.
    package let run: RunIdentifier
    /// SHA-256 of `SHA256SUMS`, which stands for every byte of the run; keep it where the outbox's writers cannot reach.
    package let checksumsSHA256: String
}

/// The steps of publication in their order. Whatever instant the process dies at, the outbox shows either the whole run
/// or none of it.
package enum PublicationStep: CaseIterable, Sendable {
    /// Weights of a run that did not succeed are set aside.
    case quarantine
    /// `SHA256SUMS` is written.
    case checksums
    /// Every file and folder is synchronised to disk.
    case synchronize
    /// The staged folder is renamed: the run becomes visible.
    case rename
    /// `latest` is pointed at the run, when it succeeded and there is no journal.
    case latest

    /// How many steps come before it.
    package var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension RunStaging {
    /// Publishes what the staging folder holds. Nothing may be written to it afterwards.
    /// - Parameters:
    ///   - journal: where `PublicationJournal` is written before the run appears. `latest` is then left to whoever reads
    ///     it, once the ledger says that the job has succeeded. Nil for none, where nobody keeps a ledger.
    ///   - note: what the journal tells of the run.
    ///   - movesLatest: whether `latest` is to lead to it, where there is no journal.
    ///   - willBegin: called before each step; what it throws ends the publication there.
    /// - Throws: `PublicationError` or `SystemError` with code `unwritable`. When `latest` could not be moved the run is
    ///   published already.
    package func publish(
        _ status: RunStatus, journal: String? = nil, note: PublicationNote? = nil, movesLatest: Bool = true,
        willBegin: (PublicationStep) throws -> Void = { _ in }
    ) throws -> PublishedRun {
        let destination = "\(parent)/\(run.folderName(status))"
        try willBegin(.quarantine)
        if status != .succeeded { try FailedAdapter.quarantine(in: folder) }
        try willBegin(.checksums)
        let checksums = try writeChecksums()
        try willBegin(.synchronize)
        try synchronize()
        let entry = try OutboxPlace.lock(parent)
        defer { withExtendedLifetime(entry) {} }
        if let journal {
            let entry = PublicationJournal(
                folder: destination, run: run.description, status: status, checksumsSHA256: checksums, note: note)
            try entry.write(journal)
        }
        try willBegin(.rename)
        // Whatever was put there while the job ran.
        try OutboxPlace.check(parent)
        // Before the folder has its name, which the outbox's lock keeps others from: a process that dies here leaves a folder,
        // which the name's next run removes, and none that dies later leaves a lock file.
        lock.remove()
        try Durable.rename(folder, to: destination)
        try willBegin(.latest)
        if status == .succeeded, journal == nil, movesLatest { try LatestLink.move(in: parent, to: run.description) }
        return PublishedRun(folder: destination, run: run, checksumsSHA256: checksums)
    }

    private func writeChecksums() throws -> String {
        let present = try PublishedFiles(in: folder)
        if let other = present.others.first {
            throw PublicationError(
                .unwritable, "\(folder)/\(other) is neither a file nor a folder, and a run holds nothing else.")
        }
        let entries = try present.files.filter { $0 != ChecksumFile.name }.map { path in
            guard let hash = PublishedFiles.hash("\(folder)/\(path)") else {
                throw PublicationError(.unwritable, "\(folder)/\(path) cannot be read to be hashed.")
            }
            return ChecksumFile.Entry(path: path, sha256: hash)
        }
        let data = Data(ChecksumFile.text(entries).utf8)
        try Durable.write(data, to: "\(folder)/\(ChecksumFile.name)")
        return SHA256.hexadecimal(of: data)
    }

    private func synchronize() throws {
        let present = try PublishedFiles(in: folder)
        for path in present.files + present.folders.reversed() {
            try Durable.synchronize("\(folder)/\(path)")
        }
        try Durable.synchronize(folder)
    }
}

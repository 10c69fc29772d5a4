import Common
import Digests
import Foundation
import Reports

/// What an attempt leaves in its work folder just before its run appears in the outbox: from it whoever keeps the ledger
/// learns how the job ended, whatever became of the process afterwards.
///
/// The rename is the deciding moment: a journal whose run does not stand in the outbox, byte for byte, says nothing.
package struct PublicationJournal: Codable, Sendable, Equatable {
    /// The run's folder in the outbox.
    package let folder: String
    /// The folder's name without its ending.
    package let run: String
    /// How the run ended.
    package let status: RunStatus
    /// SHA-256 of the run's `SHA256SUMS`.
    package let checksumsSHA256: String
    /// What the ledger is to keep of the run; absent in a journal of lorad 0.1.
    package var note: PublicationNote?

    /// Bytes; a journal with the most slices and the longest names that a job may have takes a half of them.
    private static let largestSize = 8 << 20
    /// Bytes of a run's `SHA256SUMS`, of which a line is less than 5,000.
    private static let largestSums = 16 << 20

    /// Writes the journal, durably and by rename.
    func write(_ path: String) throws {
        let temporary = path + ".partial"
        try Durable.write(try JSONCoding.encoder(.line).encode(self), to: temporary)
        try Durable.rename(temporary, to: path)
    }

    /// The journal at `path`; nil where there is none that can be read.
    package static func read(_ path: String) -> PublicationJournal? {
        BoundedFile.read(path, limit: largestSize).flatMap {
            try? JSONCoding.decoder().decode(PublicationJournal.self, from: $0)
        }
    }

    /// Whether the run stands in the outbox, byte for byte as far as its checksums tell.
    package var isPublished: Bool {
        BoundedFile.read(sums, limit: Self.largestSums).map { SHA256.hexadecimal(of: $0) } == checksumsSHA256
    }

    /// The run that an earlier attempt published, by the journal at `path`, with its report read back; nil where none was.
    ///
    /// - Throws: what decoding a damaged report throws.
    package static func publishedRun(_ path: String) throws -> (journal: PublicationJournal, report: RunReport)? {
        guard let journal = read(path), journal.isPublished,
            let report = FileManager.default.contents(atPath: journal.folder + "/report.json")
        else { return nil }
        return (journal, try ReportCoding.decode(report))
    }

    private var sums: String { "\(folder)/\(ChecksumFile.name)" }
}

/// What whoever keeps the ledger wants to know of a run, in its own words.
package struct PublicationNote: Codable, Sendable, Equatable {
    /// Why the run did not succeed.
    package var reason: String?
    /// Its figures in short.
    package var summary: String?

    package init(reason: String? = nil, summary: String? = nil) {
        self.reason = reason
        self.summary = summary
    }
}

import Digests
import Foundation

/// What an attempt leaves in its work folder just before its run appears in the outbox. Where the process dies between
/// the two and whoever records the job's end, the next attempt finds the run by it and publishes no second one.
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

    /// Writes the journal, durably and by rename.
    func write(_ path: String) throws {
        let temporary = path + ".partial"
        try Durable.write(try JSONEncoder().encode(self), to: temporary)
        try Durable.rename(temporary, to: path)
    }

    /// The journal at `path`; nil where there is none that can be read.
    static func read(_ path: String) -> PublicationJournal? {
        FileManager.default.contents(atPath: path).flatMap {
            try? JSONDecoder().decode(PublicationJournal.self, from: $0)
        }
    }

    /// The run that an earlier attempt published, its report read back; nil where none was. Points `latest` at it where
    /// the crash came before that.
    ///
    /// - Throws: `PipelineError.unwritable` where `latest` cannot be moved; what decoding a damaged report throws.
    package static func publishedRun(_ path: String) throws -> JobResult? {
        guard let journal = read(path), let sums = FileManager.default.contents(atPath: journal.sums),
            SHA256.hexadecimal(of: sums) == journal.checksumsSHA256,
            let report = FileManager.default.contents(atPath: journal.folder + "/report.json")
        else { return nil }
        let parent = (journal.folder as NSString).deletingLastPathComponent
        if journal.status == .succeeded {
            let entry = try RunStaging.lock(parent)
            defer { withExtendedLifetime(entry) {} }
            try RunStaging.pointLatest(in: parent, atLeast: journal.run)
        }
        return JobResult(status: journal.status, runFolder: journal.folder, report: try ReportCoding.decode(report))
    }

    private var sums: String { "\(folder)/\(ChecksumFile.name)" }
}

extension RunStaging {
    /// Points `latest` at `run` unless it stands at a later one. The caller holds the lock of `parent`.
    static func pointLatest(in parent: String, atLeast run: String) throws {
        let link = "\(parent)/\(latest)"
        if let current = try? FileManager.default.destinationOfSymbolicLink(atPath: link), current >= run,
            Durable.exists("\(parent)/\(current)")
        {
            return
        }
        try Durable.link(link, to: run, through: "\(parent)/\(prefix)latest")
    }
}

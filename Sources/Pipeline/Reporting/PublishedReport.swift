import Common
import Foundation
import Reports

/// The report of a published run, and what other tools are given of it.
package enum PublishedReport {
    private static let mostBytes = 256 << 20

    /// The `report.json` of a run's folder.
    ///
    /// - Throws: `PipelineError.missing` where there is none, `.rejected` where it cannot be read.
    package static func read(_ folder: String) throws -> RunReport {
        let path = folder + "/report.json"
        guard let data = BoundedFile.read(path, limit: mostBytes) else {
            throw PipelineError(
                .missing, "\(folder) holds no report.json.", advice: "`lorad runs` lists what is published.")
        }
        do { return try ReportCoding.decode(data) } catch {
            throw PipelineError(.rejected, "\(path) cannot be read.", cause: "\(error)")
        }
    }

    /// Writes what was made of one to a new file.
    ///
    /// - Throws: `PipelineError.rejected` where something stands there; `SystemError.unwritable`.
    package static func write(_ data: Data, to path: String) throws {
        try PipelineError.requireNothing(at: path)
        try AtomicFile.write(data, to: path)
    }
}

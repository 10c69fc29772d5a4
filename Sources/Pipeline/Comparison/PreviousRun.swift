import Common
import Foundation
import Manifests
import Reports

/// The last succeeded run of a job's name, read from its folder.
///
/// Its files are foreign: somebody may have written to the outbox. They are read bounded, and nothing in them is taken for
/// true but that it once was.
struct PreviousRun {
    let report: RunReport
    /// Nil where it kept none, as before lorad 0.3.
    let scores: RowScores?
    /// Nil where it cannot be read.
    let manifest: JobManifest?

    /// Bytes; a report with the most slices, prompts and modules takes less.
    private static let largestReport = 64 << 20

    /// The run in a folder; nil where its report cannot be read.
    init?(_ folder: String) {
        guard let data = BoundedFile.read(folder + "/report.json", limit: Self.largestReport),
            let report = try? ReportCoding.decode(data)
        else { return nil }
        self.report = report
        scores = BoundedFile.read("\(folder)/\(RowScores.fileName)", limit: RowScores.largestSize)
            .flatMap { RowScores($0) }
        manifest = try? JobManifest.load(path: folder + "/manifest.yaml", pipelinesFolder: folder)
    }
}

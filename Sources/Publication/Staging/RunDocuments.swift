import Common
import ForeignText
import Foundation
import Reports

extension RunStaging {
    /// Writes what is made from the report: `report.json`, `report.html`, `junit.xml`, `provenance.json`,
    /// `manifest.yaml`; `provenance.intoto.json` and `README.md` (the model card) of a run that succeeded or `reason.txt`
    /// of one that did not. Call it last, so that the provenance can name the artifact's hash. The provenance's `run` is
    /// set to the folder's.
    /// - Parameters:
    ///   - manifest: the manifest as run, defaults filled in; of a rejected run, as submitted.
    ///   - artifact: what the run publishes for use.
    package func writeDocuments(_ report: RunReport, manifest: Data, of artifact: any Artifact.Type) throws {
        var report = report
        report.provenance.run = run.description
        try write("report.json", ReportCoding.encode(report))
        try write("report.html", Data(ReportPage.render(report).utf8))
        try write("manifest.yaml", manifest)
        try write("junit.xml", JUnitReport.render(report))
        let names = artifact.files(in: folder)
        let files = names.compactMap { name in
            PublishedFiles.hash("\(folder)/\(name)").map { (path: name, sha256: $0) }
        }
        let subject = files.first { $0.path == names.first }
        try write(PublishedProvenance.fileName, ProvenanceDocument(report.provenance, subject: subject).encoded())
        if report.status == .succeeded {
            try write("README.md", Data(artifact.card(of: report).utf8))
            let statement = ProvenanceStatement(
                report.provenance, manifest: String(decoding: manifest, as: UTF8.self), subject: files)
            try write(RunSignatures.statement, statement.encoded())
        } else {
            let reason = report.reason ?? "No reason was recorded."
            try write("reason.txt", Data("\(report.status.rawValue): \(ForeignText.line(reason))\n".utf8))
        }
    }

    /// Writes `scores.jsonl`.
    package func write(_ scores: RowScores) throws { try write(RowScores.fileName, scores.encoded()) }

    private func write(_ name: String, _ data: Data) throws {
        try Durable.write(data, to: "\(folder)/\(name)")
    }
}

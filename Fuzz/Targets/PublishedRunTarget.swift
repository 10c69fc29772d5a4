import Foundation
import ModelFiles
import Pipeline
import Publication
import Reports

/// A run's folder that came from elsewhere, as `lorad verify` takes it: the bytes as its report, and as its checksums.
package struct PublishedRunTarget: FuzzTarget {
    package static let name = "published-run"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        let folder = scratch.path + "/run"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try scratch.write(Array("name: x\nbase: {path: b, sha256: 00}\ndataset: d\n".utf8), as: "run/manifest.yaml")
        try scratch.write(bytes, as: "run/\(ChecksumFile.name)")
        let outcome = try accepted { try VerifyPublication.check(folder) }
        if let outcome {
            let lines = bytes.count { $0 == 0x0A } + 1
            try require(outcome.listed <= lines, "\(outcome.listed) files in \(lines) lines")
            try require(!outcome.passed || outcome.listed == 1, "a list passed that cannot be right")
        }
        try checkReport(bytes)
        try scratch.write(bytes, as: "run/report.json")
        try writeChecksums(folder)
        // A base that is not there, or is no base; what can be checked is, and the rest is told.
        var verification = RunVerification(folder, base: nil)
        if let verdict = try accepted({ try verification.run() }) {
            try require(!verdict.passed && verdict.checks.count == RunCheck.Name.allCases.count, "a check is missing")
        }
    }

    /// A report survives being written and read again.
    private func checkReport(_ bytes: [UInt8]) throws {
        guard let report = try? ReportCoding.decode(Data(bytes)) else { return }
        let written = try ReportCoding.encode(report)
        guard let again = try? ReportCoding.decode(written) else {
            throw FuzzViolation(message: "a report is refused as it was written")
        }
        try require(try ReportCoding.encode(again) == written, "a report does not read back as it was written")
    }

    /// The right ones, so that more than the checksums is looked at.
    private func writeChecksums(_ folder: String) throws {
        var lines = ""
        for name in ["manifest.yaml", "report.json"] {
            lines += "\(try ContentHash.ofFile("\(folder)/\(name)"))  \(name)\n"
        }
        try scratch.write(Array(lines.utf8), as: "run/\(ChecksumFile.name)")
    }
}

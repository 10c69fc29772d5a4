import ArgumentParser
import Foundation
import ModelFiles
import Pipeline

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks a published run's checksums and that its base is still the one it was trained on.")

    @Argument(help: "outbox/NAME/RUN")
    var runFolder: String

    func run() throws {
        let check = try VerifyPublication.check(runFolder)
        for finding in check.findings { Failure.write("\(finding.path): \(finding.kind.rawValue)") }
        guard check.passed else { throw ExitCode(Failure.badData) }
        let report = try ReportCoding.decode(Data(contentsOf: URL(fileURLWithPath: runFolder + "/report.json")))
        let base = report.provenance.base
        guard FileManager.default.fileExists(atPath: base.path) else {
            print("\(runFolder): checksums hold; its base \(base.path) is not here to be compared")
            return
        }
        let hash = try ContentHash.ofBase(base.path, cache: HashCache(file: ".lorad/hashes.json"))
        guard hash.sha256 == base.sha256, hash.tokenizerSHA256 == base.tokenizerSHA256 else {
            Failure.write("\(base.path) hashes to \(hash.sha256), the run was trained on \(base.sha256)")
            throw ExitCode(Failure.badData)
        }
        print("\(runFolder): checksums hold, \(base.path) is the base it was trained on")
    }
}

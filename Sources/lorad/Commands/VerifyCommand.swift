import ArgumentParser
import Foundation
import Pipeline

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks a published run: its checksums, its base, and that merged weights answer as the adapter does."
    )

    @Argument(help: "outbox/NAME/RUN")
    var runFolder: String
    @Flag(help: "JSON on stdout.")
    var json = false

    func run() throws {
        let run = try VerifyRun(folder: runFolder, hashCache: ".lorad/hashes.json")
        for finding in run.findings { Failure.write("\(finding.path): \(finding.kind.rawValue)") }
        if let base = run.base, run.baseMatches == false {
            Failure.write("\(base) is not the base that the run was trained on")
        }
        if run.parityPassed == false { Failure.write("the merged weights do not behave as the adapter does") }
        if json {
            try Output.json(run)
        } else if run.passed {
            print("\(runFolder): \(words(run))")
        }
        guard run.passed else { throw ExitCode(Failure.badData) }
    }

    private func words(_ run: VerifyRun) -> String {
        guard let base = run.base, run.baseMatches != nil else {
            return "checksums hold; its base \(run.base ?? "") is not here to be compared"
        }
        let parity = run.maxAbsLogitDifference.map {
            ", and merged weights answer as the adapter does (largest difference of a logit \($0))"
        }
        return "checksums hold, \(base) is the base it was trained on" + (parity ?? "")
    }
}

import ArgumentParser
import Pipeline
import Views
import Worker

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Shows what this machine has, what is wrong with it, and how to fix that.")

    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let findings = Doctor(try worker.load(), file: worker.existing).findings()
        if json { return try Output.json(FindingsAnswer(findings: findings)) }
        for finding in findings {
            Output.line("\(Self.mark(finding.status)) \(finding.name): \(finding.value)")
            if let advice = finding.advice { Output.line("        → \(advice)") }
        }
    }

    private static func mark(_ status: Finding.Status) -> String {
        switch status {
        case .ok: "ok     "
        case .warning: "warning"
        case .problem: "PROBLEM"
        }
    }
}

import ArgumentParser
import Pipeline
import Worker

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Shows what this machine has, what is wrong with it, and how to fix that.")

    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    /// Every value under its name, and the findings in order.
    private struct Answer: Encodable {
        let findings: [Finding]

        struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }

            init(_ name: String) { stringValue = name }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            for finding in findings { try container.encode(finding.value, forKey: Key(finding.name)) }
            try container.encode(findings, forKey: Key("checks"))
        }
    }

    func run() throws {
        let findings = Doctor(try worker.load(), file: worker.existing).findings()
        if json { return try Output.json(Answer(findings: findings)) }
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

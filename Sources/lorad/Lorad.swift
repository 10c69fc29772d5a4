import ArgumentParser
import Common
import Foundation
import Tensors

/// The command line: parsing and printing only.
@main
package struct Lorad: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "lorad", abstract: "A LoRA adapter factory: drop a manifest, find a proven adapter.",
        discussion: """
            A first job: lorad validate --deep job.yaml, then lorad run job.yaml. Its page and every key: \
            docs/manifest.md.

            Exit codes: 0 done; 1 the job ran and failed; 64 wrong usage; 65 wrong data or manifest; 66 an input is \
            missing; 70 a fault of lorad's own; 75 try again later; 130 interrupted.
            """,
        version: LoradVersion.current,
        subcommands: [JobProcessCommand.self, IntakeProcessCommand.self, ExportProcessCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "Jobs", subcommands: [Validate.self, DataCommand.self, Run.self, Submit.self]),
            CommandGroup(
                name: "Worker",
                subcommands: [
                    Watch.self, Status.self, Logs.self, Runs.self, Cancel.self, Retry.self, Pause.self, Resume.self,
                    Backup.self, RegistryCommand.self, Webhooks.self, DoctorCommand.self,
                ]),
            CommandGroup(
                name: "Bases and adapters",
                subcommands: [
                    Hash.self, Generate.self, Score.self, Tokenize.self, Merge.self, Export.self, Compose.self,
                    Verify.self, Reproduce.self, ReportCommand.self,
                ]),
        ])

    package init() {}

    package static func main() {
        do {
            try KernelVariant.checkRequest()
            try CommandName.check(Array(CommandLine.arguments.dropFirst()), of: Self.self)
            var command = try parseAsRoot()
            try command.run()
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            Failure.exit(error, parser: Self.self)
        }
    }
}

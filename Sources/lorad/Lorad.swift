import ArgumentParser
import Common
import Foundation
import Tensors

/// The command line: parsing and printing only.
@main
struct Lorad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lorad", abstract: "A LoRA adapter factory: drop a manifest, find a proven adapter.",
        version: LoradVersion.current,
        subcommands: [
            Run.self, Watch.self, Submit.self, Validate.self, Status.self, Logs.self, Runs.self, Cancel.self,
            Retry.self,
            Pause.self, Resume.self, Backup.self, Webhooks.self, Hash.self, Generate.self, Score.self, Tokenize.self,
            Merge.self, Verify.self, DoctorCommand.self, JobProcessCommand.self, IntakeProcessCommand.self,
        ])

    static func main() {
        do {
            try KernelVariant.checkRequest()
            var command = try parseAsRoot()
            try command.run()
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            Failure.exit(error, parser: Self.self)
        }
    }
}

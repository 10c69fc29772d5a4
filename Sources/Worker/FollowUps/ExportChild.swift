import Common
import Executors
import Foundation
import Glibc
import Manifests
import OperatingSystem

/// Makes each export in a process of its own, which `lorad` starts from its own binary: a bad base, a crash or the kernel's
/// memory killer takes down that export alone.
package struct ExportChild: Exporter {
    /// Seconds without a sign of life after which it is killed.
    private static let patience = 900.0
    /// Seconds between two questions whether the export is still wanted.
    private static let tick = 0.1

    private let executable: String
    private let arguments: [String]
    private let environment: [String: String]
    /// Where its standard error goes: the last that it wrote says why it died.
    private let errorFile: String

    package init(executable: String, arguments: [String], environment: [String: String], errorFile: String) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.errorFile = errorFile
    }

    /// This program as the export's process; the link is followed in the new process, before it becomes another.
    package init(_ configuration: WorkerConfiguration) {
        self.init(
            executable: "/proc/self/exe", arguments: ["export-process"],
            environment: ChildEnvironment.filter(ProcessInfo.processInfo.environment, for: configuration),
            errorFile: configuration.state + "/export.stderr")
    }

    package func export(_ order: ExportOrder, isWanted: () -> Bool) throws -> String {
        var child = try start()
        do {
            let words = try converse(&child, order, isWanted)
            _ = child.end()
            return words
        } catch {
            _ = child.end()
            throw error
        }
    }

    private func start() throws -> PipedProcess {
        let errors = Glibc.open(errorFile, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard errors >= 0 else {
            throw WorkerError(.system, "\(errorFile) cannot be written.", cause: FileSystem.reason())
        }
        defer { close(errors) }
        do throws(SystemFault) {
            return try PipedProcess(executable, arguments, environment: environment, errors: errors)
        } catch {
            throw WorkerError(.system, "The export's process cannot be started.", cause: error.reason)
        }
    }

    private func converse(_ child: inout PipedProcess, _ order: ExportOrder, _ isWanted: () -> Bool) throws -> String {
        var rest = try Array((MessageLine.text(order) + "\n").utf8)[...]
        func clock() -> AttendedTime {
            AttendedTime(now: ProcessInfo.processInfo.systemUptime, longestStep: 2 * Self.tick)
        }
        var waited = clock()
        while true {
            switch child.turn(sending: &rest, seconds: Self.tick, longestLine: ExportAnswer.longestLine) {
            case .line(let text):
                switch try? MessageLine.read(text) as ExportAnswer {
                case .working: waited = clock()
                case .exported(let words): return String(words.prefix(400))
                case .failed(let lines):
                    throw WorkerError(
                        .export, lines.first.map { String($0.prefix(1_000)) } ?? "The export failed.",
                        cause: lines.count > 1
                            ? lines.dropFirst().joined(separator: " ").prefix(2_000).description : nil)
                case nil: throw died("answered what cannot be understood")
                }
            case .flooded: throw died("answered more than any export has to say")
            case .ended:
                throw died(child.end().inWords + (LastLine.of(errorFile).map { "; it last wrote: \($0)" } ?? ""))
            case .nothing: break
            }
            guard isWanted() else { throw WorkerError(.system, "The export was given up: the worker stops.") }
            guard waited.look(now: ProcessInfo.processInfo.systemUptime) < Self.patience else {
                throw died("was ended after \(Int(Self.patience)) s without a sign of life")
            }
        }
    }

    private func died(_ how: String) -> WorkerError { WorkerError(.export, "The export's process \(how).") }
}

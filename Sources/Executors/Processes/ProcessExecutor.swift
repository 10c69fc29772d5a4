import Common
import Foundation
import JobReports
import Manifests
import OperatingSystem
import Synchronization

/// Works on each attempt in a process of its own, which `lorad` starts from its own binary: a crash, the kernel's memory
/// killer or a bad base takes down that attempt alone.
///
/// The process tells what it does over a pipe and the worker writes it down: the ledger has one writer, which knows
/// which attempt owns a job, and a job process needs neither the ledger's path nor SQLite to live.
package final class ProcessExecutor: Executor {
    package static let descriptor = ExecutorDescriptor(name: "process") { ProcessExecutor($0, executable: $1) }

    private let configuration: WorkerConfiguration
    private let executable: String
    private let arguments: [String]
    private let attempts = Mutex<[Execution: ProcessAttempt]>([:])

    /// - Parameters:
    ///   - configuration: its limits hold for every process, and what it names as secret stays out of their environment.
    ///   - executable: what is started. This process's own binary, even where its file was replaced by a newer one: the
    ///     link is followed in the new process, before it becomes another.
    package init(
        _ configuration: WorkerConfiguration, executable: String = "/proc/self/exe",
        arguments: [String] = ["job-process"]
    ) {
        self.configuration = configuration
        self.executable = executable
        self.arguments = arguments
    }

    package var name: String { Self.descriptor.name }

    package func start(_ order: JobOrder) throws -> Execution {
        let attempt = ProcessAttempt(order, configuration, executable: executable, arguments: arguments)
        let process = try attempt.start()
        let execution = Execution(executor: name, process: process)
        attempts.withLock { $0[execution] = attempt }
        attempt.reports.whenEnded { [weak self] in self?.attempts.withLock { _ = $0.removeValue(forKey: execution) } }
        return execution
    }

    package func reports(of execution: Execution) -> ReportStream {
        if let attempt = attempt(execution) { return attempt.reports }
        let none = ReportStream()
        none.put(.ended(.interrupted))
        return none
    }

    package func send(_ command: JobCommand, to execution: Execution) {
        if let attempt = attempt(execution) { return attempt.send(command) }
        // Of an earlier worker: nobody holds its pipe, but it can be killed.
        if command == .abandon { execution.process?.kill() }
    }

    package func liveness(of execution: Execution) -> Liveness {
        guard execution.executor == name, let process = execution.process else { return .unknown }
        return process.liveness
    }

    private func attempt(_ execution: Execution) -> ProcessAttempt? { attempts.withLock { $0[execution] } }
}

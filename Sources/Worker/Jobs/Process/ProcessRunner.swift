import ForeignText
import Foundation
import Manifests
import Subprocess
import Synchronization

/// Runs each attempt in a process of its own, which `lorad` starts from its own binary: a crash, the kernel's memory
/// killer or a bad base takes down that attempt alone.
///
/// The process tells what it does over a pipe and the worker writes it down: the ledger has one writer, which knows
/// which attempt owns a job, and a job process needs neither the ledger's path nor SQLite to live.
package struct ProcessRunner: JobRunner {
    private let configuration: WorkerConfiguration
    private let inProcess: PipelineRunner
    private let threads: Int
    private let executable: String
    private let arguments: [String]

    /// - Parameters:
    ///   - jobs: how many run at the same time; the threads are shared out among them.
    ///   - executable: what is started. This process's own binary, even where its file was replaced by a newer one: the
    ///     link is followed in the new process, before it becomes another.
    package init(
        _ configuration: WorkerConfiguration, jobs: Int? = nil, executable: String = "/proc/self/exe",
        arguments: [String] = ["job-process"]
    ) {
        self.configuration = configuration
        inProcess = PipelineRunner(configuration)
        let all = configuration.threads ?? ProcessInfo.processInfo.activeProcessorCount
        threads = max(1, all / max(1, jobs ?? configuration.jobs.atOnce))
        self.executable = executable
        self.arguments = arguments
    }

    package func inspect(manifestText: String, path: String) -> ManifestVerdict {
        inProcess.inspect(manifestText: manifestText, path: path)
    }

    package func run(_ request: JobRequest, control: JobControl, events: any JobEvents) -> JobOutcome {
        let outcome = Mutex(JobOutcome.interrupted)
        let done = DispatchSemaphore(value: 0)
        // The library is asynchronous and the job thread is not; it has nothing else to do.
        Task.detached {
            let result = await attempt(request, control: control, events: events)
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        return outcome.withLock { $0 }
    }

    private func attempt(_ request: JobRequest, control: JobControl, events: any JobEvents) async -> JobOutcome {
        let errorFile = request.workFolder + "/stderr"
        do {
            let order = JobOrder(request, configuration, threads: threads)
            let dialogue = JobDialogue(order, limits: configuration.limits, control: control, events: events)
            let descriptor = open(errorFile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                return .faulted(reason: "\(errorFile) cannot be written: \(FileSystem.reason()).")
            }
            var options = PlatformOptions()
            options.processGroupID = 0
            let result = try await Subprocess.run(
                .path(.init(executable)), arguments: Arguments(arguments), environment: environment,
                platformOptions: options, input: .inputWriter, output: .sequence,
                error: .fileDescriptor(.init(rawValue: descriptor), closeAfterSpawningProcess: true)
            ) { execution in
                try await dialogue.hold(execution)
            }
            return result.closureResult ?? .faulted(reason: Self.words(result.terminationStatus, errorFile: errorFile))
        } catch {
            return .faulted(reason: "The job's process could not be run: \(error).")
        }
    }

    private var environment: Environment {
        let secrets = configuration.hooks.flatMap {
            [$0.urlEnvironment, $0.secretEnvironment, $0.proxyEnvironment].compactMap { $0 }
        }
        let filtered = ChildEnvironment.filter(ProcessInfo.processInfo.environment, secrets: Set(secrets))
        return .custom(Dictionary(uniqueKeysWithValues: filtered.map { (Environment.Key(stringLiteral: $0), $1) }))
    }

    /// How a process ended that did not say what came of its work.
    private static func words(_ status: TerminationStatus, errorFile: String) -> String {
        let how =
            switch status {
            case .signaled(let signal) where signal == SIGKILL:
                "was killed (signal 9): by somebody, or by the kernel because memory ran out"
            case .signaled(let signal): "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            case .exited(let code): "ended with exit code \(code) before its job was done"
            }
        let errors = FileManager.default.contents(atPath: errorFile).map {
            String(decoding: $0.suffix(4_096), as: UTF8.self)
        }
        let last = errors?.split(separator: "\n").last.map {
            ". It last wrote: \(ForeignText.line(String($0.prefix(300))))"
        }
        return "The job's process \(how)\(last ?? ".")"
    }
}

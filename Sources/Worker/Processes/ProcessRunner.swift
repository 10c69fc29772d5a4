import Common
import Foundation
import JobReports
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline
import Subprocess
import Synchronization

/// Runs each attempt in a process of its own, which `lorad` starts from its own binary: a crash, the kernel's memory
/// killer or a bad base takes down that attempt alone.
///
/// The process tells what it does over a pipe and the worker writes it down: the ledger has one writer, which knows
/// which attempt owns a job, and a job process needs neither the ledger's path nor SQLite to live.
package struct ProcessRunner: JobRunner {
    private let configuration: WorkerConfiguration
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
        let all = configuration.threads ?? ProcessInfo.processInfo.activeProcessorCount
        threads = max(1, all / max(1, jobs ?? configuration.jobs.atOnce))
        self.executable = executable
        self.arguments = arguments
    }

    package func makeIntakeReader(for purpose: String) -> any IntakeReader {
        IntakeChild(configuration, for: purpose)
    }

    package func run(_ request: JobRequest, control: JobControl, listener: any JobListener) -> JobOutcome {
        let outcome = Mutex(JobOutcome.interrupted)
        let done = DispatchSemaphore(value: 0)
        // The library is asynchronous and the job thread is not; it has nothing else to do.
        Task.detached {
            let result = await attempt(request, control: control, listener: listener)
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        adoptHashes(of: request)
        return outcome.withLock { $0 }
    }

    private func attempt(_ request: JobRequest, control: JobControl, listener: any JobListener) async -> JobOutcome {
        let errorFile = request.workFolder + "/stderr"
        do {
            let order = JobOrder(request, configuration, threads: threads)
            let isNewFolder = try order.makeRunsFolder()
            defer { if isNewFolder { order.removeEmptyRunsFolder() } }
            let dialogue = JobDialogue(order, limits: configuration.limits, control: control, listener: listener)
            // An earlier attempt's process could have put a link or a pipe there.
            unlink(errorFile)
            let descriptor = open(errorFile, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
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
            return result.closureResult ?? Self.outcome(of: result.terminationStatus, errorFile: errorFile)
        } catch let error as any Fault {
            return .faulted(reason: ErrorLines.of(error).joined(separator: " "))
        } catch {
            return .faulted(reason: "The job's process could not be run: \(error).")
        }
    }

    private var environment: Environment {
        var filtered = ChildEnvironment.filter(ProcessInfo.processInfo.environment, for: configuration)
        // The library would start its threads before main, and these could not be confined; lorad's own pool computes.
        filtered["OPENBLAS_NUM_THREADS"] = "1"
        // A confined process may start no other, and a crash reporter is one.
        filtered["SWIFT_BACKTRACE"] = "enable=no"
        return .custom(Dictionary(uniqueKeysWithValues: filtered.map { (Environment.Key(stringLiteral: $0), $1) }))
    }

    /// Moves the hashes that the attempt had to find out into the cache that all jobs read and none writes.
    ///
    /// The manifest tells which files may be hashed, and this process reads none: one that does is asked. Without an answer
    /// the next job reads its base once more.
    private func adoptHashes(of request: JobRequest) {
        let name = (request.manifestPath as NSString).lastPathComponent
        let order = IntakeOrder(.inspect(path: request.manifestPath, name: name, rule: nil), configuration)
        guard let data = BoundedFile.read(request.hashAdditions, limit: HashCache.mostAdopted),
            case .inspected(let inspection)? = try? makeIntakeReader(for: "hashes").answer(order, isWanted: { true }),
            case .accepted(_, _, _, let inputs)? = inspection.verdict
        else { return }
        HashCache(file: configuration.hashCache).adopt(data, under: inputs.flatMap(JobFiles.withLinks))
    }

    /// What came of a process that ended without saying so.
    private static func outcome(of status: TerminationStatus, errorFile: String) -> JobOutcome {
        let reason = words(status, errorFile: errorFile)
        let crashes = [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGSYS]
        if case .signaled(let signal) = status, crashes.contains(signal) { return .crashed(reason: reason) }
        return .faulted(reason: reason)
    }

    private static func words(_ status: TerminationStatus, errorFile: String) -> String {
        let how =
            switch status {
            case .signaled(let signal) where signal == SIGKILL:
                "was killed (signal 9): by somebody, or by the kernel because memory ran out"
            case .signaled(let signal): "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            case .exited(let code): "ended with exit code \(code) before its job was done"
            }
        let last = LastLine.of(errorFile).map { ". It last wrote: \($0)" }
        return "The job's process \(how)\(last ?? ".")"
    }
}

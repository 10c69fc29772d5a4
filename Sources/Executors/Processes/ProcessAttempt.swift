import Common
import Foundation
import Glibc
import JobReports
import Manifests
import OperatingSystem
import Subprocess
import Synchronization

/// One attempt in a process of its own, and the worker's side of the talk with it.
final class ProcessAttempt: Sendable {
    /// A line is longer than any message where the process is out of its mind.
    private static let longestLine = 8 << 20
    /// Seconds between two looks at limits.
    private static let watchEvery = 0.1

    let reports = ReportStream()
    private let order: JobOrder
    private let configuration: WorkerConfiguration
    private let executable: String
    private let arguments: [String]
    private let messages: AsyncStream<JobMessage>
    private let outgoing: AsyncStream<JobMessage>.Continuation
    /// Whoever looks after the process, as long as nobody has waited for it: its id is nobody else's until then.
    private let watchdog = Mutex<JobWatchdog?>(nil)
    private let started = Mutex<Result<ProcessIdentity, any Error>?>(nil)
    private let isStarted = DispatchSemaphore(value: 0)

    init(_ order: JobOrder, _ configuration: WorkerConfiguration, executable: String, arguments: [String]) {
        self.order = order
        self.configuration = configuration
        self.executable = executable
        self.arguments = arguments
        (messages, outgoing) = AsyncStream.makeStream()
    }

    /// Messages go in their order. An end at once waits for none of them: it is made by the caller's own thread, as the few
    /// that tasks share may be busy for long.
    func send(_ command: JobCommand) {
        switch command {
        case .run: outgoing.yield(.order(order))
        case .stop: outgoing.yield(.stop)
        case .publish(let allowed): outgoing.yield(.publish(allowed))
        case .abandon: watchdog.withLock { $0?.abandon() }
        }
    }

    /// Starts the process, which waits for its order.
    ///
    /// - Throws: `WorkerError` where it cannot be started, or its standard error cannot be kept.
    func start() throws -> ProcessIdentity {
        // The library is asynchronous, and whoever waits for reports is not.
        Task.detached { [self] in
            let outcome = await live()
            outgoing.finish()
            // Nobody waits any more once it is started.
            if case .faulted(let reason) = outcome { conclude(.failure(WorkerError(.system, reason))) }
            reports.put(.ended(outcome))
        }
        isStarted.wait()
        return try started.withLock { try $0?.get() ?? { throw WorkerError(.system, "The job's process is gone.") }() }
    }

    /// Says, once, whether the process is there.
    private func conclude(_ result: Result<ProcessIdentity, any Error>) {
        let isFirst = started.withLock { started in
            guard started == nil else { return false }
            started = result
            return true
        }
        if isFirst { isStarted.signal() }
    }

    private func live() async -> JobOutcome {
        let errorFile = order.request.workFolder + "/stderr"
        do {
            let isNewFolder = try order.makeRunsFolder()
            defer { if isNewFolder { order.removeEmptyRunsFolder() } }
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
                try await hold(execution)
            }
            return result.closureResult ?? ProcessEnd.outcome(of: result.terminationStatus, errorFile: errorFile)
        } catch let error as any Fault {
            return .faulted(reason: ErrorLines.of(error).joined(separator: " "))
        } catch {
            // The library's own words, which end with a full stop or not.
            let words = "\(error)".trimmingCharacters(in: ["."])
            return .faulted(reason: "The job's process could not be run: \(words).")
        }
    }

    private var environment: Environment {
        let filtered = ChildEnvironment.filter(ProcessInfo.processInfo.environment, for: configuration)
        return .custom(Dictionary(uniqueKeysWithValues: filtered.map { (Environment.Key(stringLiteral: $0), $1) }))
    }

    /// Talks until the process says what came of its work, or its output ends. Nil where it did not say.
    private func hold(_ execution: Subprocess.Execution<CustomWriteInput, SequenceOutput, FileDescriptorOutput>)
        async throws -> JobOutcome?
    {
        let pid = execution.processIdentifier.value
        let watchdog = JobWatchdog(pid: pid, limits: configuration.limits)
        // It is not waited for yet, so nobody else can have its id, whether it lives or not.
        guard let identity = ProcessIdentity.of(pid: pid) else {
            watchdog.killGroup()
            return .faulted(reason: "/proc does not tell of the job's process \(pid).")
        }
        self.watchdog.withLock { $0 = watchdog }
        conclude(.success(identity))
        let writer = execution.standardInputWriter
        let talk = Task.detached { [messages] in
            for await message in messages {
                // Its time begins when it can hear of it, after its order.
                if message == .stop { watchdog.stopRequested() }
                await Self.write(message, to: writer)
            }
        }
        let watch = Task.detached {
            while !Task.isCancelled {
                watchdog.look()
                try? await Task.sleep(for: .seconds(Self.watchEvery))
            }
        }
        defer {
            self.watchdog.withLock { $0 = nil }
            talk.cancel()
            watch.cancel()
        }
        do {
            if let outcome = try await listen(execution.standardOutput, from: pid, watchdog) { return outcome }
        } catch {
            watchdog.killGroup()
            return watchdog.verdict?.outcome
                ?? .faulted(reason: "The job's process wrote what is no message of one, and was killed: \(error).")
        }
        // It closed its output without a word: it is dying, or must.
        watchdog.killGroup()
        return watchdog.verdict?.outcome
    }

    /// A process that has died takes no message; how it died is told by its end.
    private static func write(_ message: JobMessage, to writer: StandardInputWriter) async {
        guard let line = try? MessageLine.text(message) else { return }
        do { _ = try await writer.write(Array((line + "\n").utf8)) } catch {}
    }

    private func listen(_ output: SubprocessOutputSequence, from pid: Int32, _ watchdog: JobWatchdog) async throws
        -> JobOutcome?
    {
        let lines = output.strings(
            separatedBy: .unicodeScalarSequence(["\n"]), bufferingPolicy: .maxLineLength(Self.longestLine))
        for try await line in lines {
            let report = try JobReport.read(line, of: order.request, outbox: order.outbox)
            watchdog.heard(report)
            switch report {
            case .ended(let outcome): return outcome
            case .heartbeat: reports.put(.heartbeat(memory: ProcessMemory.inUse(pid: pid)))
            default: reports.put(report)
            }
        }
        return nil
    }
}

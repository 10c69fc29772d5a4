import Foundation
import JobReports
import Manifests
import OperatingSystem
import Subprocess
import Synchronization

/// The worker's side of the talk with one job process.
struct JobDialogue: Sendable {
    /// A line is longer than any message where the process is out of its mind.
    private static let longestLine = 8 << 20
    /// Seconds between two looks at limits and requests.
    private static let watchEvery = 0.1

    private let order: JobOrder
    private let limits: LimitsConfiguration
    private let control: JobControl
    private let listener: any JobListener

    init(_ order: JobOrder, limits: LimitsConfiguration, control: JobControl, listener: any JobListener) {
        self.order = order
        self.limits = limits
        self.control = control
        self.listener = listener
    }

    /// Talks until the process says what came of its work, or its output ends. Nil where it did not say.
    func hold(_ execution: Execution<CustomWriteInput, SequenceOutput, FileDescriptorOutput>) async throws
        -> JobOutcome?
    {
        let pid = execution.processIdentifier.value
        let watchdog = JobWatchdog(pid: pid, limits: limits, control: control)
        // It is not waited for yet, so nobody else can have its id, whether it lives or not.
        guard let identity = ProcessIdentity.of(pid: pid), listener.processStarted(identity) else {
            watchdog.killGroup()
            return .interrupted
        }
        let writer = execution.standardInputWriter
        let watch = Task.detached { await Self.watch(watchdog, writer) }
        defer { watch.cancel() }
        await Self.send(.run(order), to: writer)
        do {
            if let outcome = try await listen(execution.standardOutput, from: pid, watchdog: watchdog, writer: writer) {
                return outcome
            }
        } catch {
            watchdog.killGroup()
            return watchdog.verdict?.outcome
                ?? .faulted(reason: "The job's process wrote what is no message of one, and was killed: \(error).")
        }
        // It closed its output without a word: it is dying, or must.
        watchdog.killGroup()
        return watchdog.verdict?.outcome
    }

    private static func watch(_ watchdog: JobWatchdog, _ writer: StandardInputWriter) async {
        while !Task.isCancelled {
            if watchdog.look() { await send(.stop, to: writer) }
            try? await Task.sleep(for: .seconds(watchEvery))
        }
    }

    private func listen(
        _ output: SubprocessOutputSequence, from pid: Int32, watchdog: JobWatchdog, writer: StandardInputWriter
    ) async throws -> JobOutcome? {
        let lines = output.strings(
            separatedBy: .unicodeScalarSequence(["\n"]), bufferingPolicy: .maxLineLength(Self.longestLine))
        for try await line in lines {
            let report = try JobReport.read(line, of: order.request, outbox: order.outbox)
            if case .ended(let outcome) = report { return outcome }
            await take(report, from: pid, watchdog: watchdog, writer: writer)
        }
        return nil
    }

    private func take(
        _ report: JobReport, from pid: Int32, watchdog: JobWatchdog, writer: StandardInputWriter
    ) async {
        switch report {
        case .stageStarted(let stage, _): watchdog.stageStarted(stage)
        case .stageEnded: watchdog.stageEnded()
        case .progress(let progress): watchdog.moved(done: progress.done)
        case .moved(let count): watchdog.moved(count: count)
        case .heartbeat: return listener.take(.heartbeat(memory: ProcessMemory.inUse(pid: pid)))
        case .mayPublish: return await Self.send(.publish(listener.mayPublish()), to: writer)
        case .log, .ended: break
        }
        listener.take(report)
    }

    /// A process that has died takes no command; how it died is told by its end.
    private static func send(_ command: JobCommand, to writer: StandardInputWriter) async {
        guard let line = try? MessageLine.text(command) else { return }
        do { _ = try await writer.write(Array((line + "\n").utf8)) } catch {}
    }
}

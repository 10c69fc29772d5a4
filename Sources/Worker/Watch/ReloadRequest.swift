import Common
import Glibc
import OperatingSystem
import Synchronization
import Webhooks

/// SIGHUP as a request to read `lorad.yaml` again. One at a time in a process.
package final class ReloadRequest: Sendable {
    private let pipe: SelfPipe
    /// Readable once a signal has come; for poll(2).
    var descriptor: Int32 { pipe.descriptor }
    private let load: @Sendable () throws -> (WorkerSettings, WorkerTools)

    /// - Parameter load: reads the file and makes of it what a worker needs.
    package init(load: @escaping @Sendable () throws -> (WorkerSettings, WorkerTools)) throws {
        pipe = try SelfPipe()
        self.load = load
        hangupPipe.store(pipe.writeEnd, ordering: .releasing)
        SignalHandlers.install(for: [SIGHUP]) { _ in SelfPipe.wake(hangupPipe.load(ordering: .relaxed)) }
    }

    deinit {
        SignalHandlers.remove(for: [SIGHUP])
        hangupPipe.store(-1, ordering: .releasing)
    }

    /// True where a signal came since the last call; several count as one.
    func take() -> Bool { pipe.drain() }

    /// Reads the file again. A bad one, a webhook's secret that cannot be read, or a key that cannot sign changes nothing
    /// and is told in one line.
    func apply(to parts: WorkerParts) {
        let log = parts.live.settings.log
        do {
            let (settings, tools) = try load()
            let hooks = try ResolvedHook.resolve(settings.hooks, environment: parts.environment)
            _ = try RunSigning(settings.configuration.signing)
            // In this order: once the courier gives up what waits for hooks that are gone, nothing more is queued for them.
            let kept = parts.live.replace(settings, tools: tools)
            parts.courier.replace(hooks)
            let rest = kept.isEmpty ? "" : "; unchanged until the next start: " + kept.joined(separator: ", ")
            log("lorad.yaml was read again" + rest)
        } catch {
            let mistakes = ErrorLines.of(error).joined(separator: "; ")
            log("lorad.yaml was not taken, the settings stay as they were: \(mistakes)")
        }
    }
}

private let hangupPipe = Atomic<Int32>(-1)

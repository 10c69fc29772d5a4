import Glibc
import OperatingSystem
import Synchronization
import Webhooks

/// SIGHUP as a request to read `lorad.yaml` again. One at a time in a process.
package final class ReloadRequest: Sendable {
    /// Readable once a signal has come; for poll(2).
    let descriptor: Int32
    private let writeEnd: Int32
    private let load: @Sendable () throws -> (WorkerSettings, any JobRunner)

    /// - Parameter load: reads the file and makes of it what a worker needs.
    package init(load: @escaping @Sendable () throws -> (WorkerSettings, any JobRunner)) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw WorkerError(.system, "No pipe could be made for SIGHUP.", cause: FileSystem.reason())
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (descriptor, writeEnd) = (ends[0], ends[1])
        self.load = load
        hangupPipe.store(writeEnd, ordering: .releasing)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            var byte: UInt8 = 1
            _ = write(hangupPipe.load(ordering: .relaxed), &byte, 1)
        }
        action.sa_flags = SA_RESTART
        sigaction(SIGHUP, &action, nil)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGHUP)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    deinit {
        signal(SIGHUP, SIG_DFL)
        hangupPipe.store(-1, ordering: .releasing)
        close(writeEnd)
        close(descriptor)
    }

    /// True where a signal came since the last call; several count as one.
    func take() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 64)
        var hasCome = false
        while read(descriptor, &bytes, bytes.count) > 0 { hasCome = true }
        return hasCome
    }

    /// Reads the file again. A bad one, or a webhook's secret that cannot be read, changes nothing and is told in one line.
    func apply(to parts: WorkerParts) {
        let log = parts.live.settings.log
        do {
            let (settings, runner) = try load()
            let hooks = try ResolvedHook.resolve(settings.hooks, environment: parts.environment)
            // In this order: once the courier gives up what waits for hooks that are gone, nothing more is queued for them.
            let kept = parts.live.replace(settings, runner: runner)
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

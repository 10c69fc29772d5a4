import Glibc
import Synchronization

/// SIGTERM and SIGINT as a question the worker answers when it can: the first asks to stop, the second ends the
/// process at once with exit code 130.
///
/// A handler and a self-pipe rather than signalfd(2): a library may have started threads before `main`, and a signal
/// blocked in our thread alone would still kill the process through one of theirs.
package final class StopSignals: Sendable {
    /// Readable once a signal has come; for poll(2).
    package let descriptor: Int32

    /// Installs the handlers for the whole process. One at a time.
    package init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw WorkerError(.system, "No pipe could be made for signals.", cause: FileSystem.reason())
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        signalsSeen.store(0, ordering: .relaxed)
        signalPipe.store(ends[1], ordering: .releasing)
        for signal in [SIGTERM, SIGINT] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = onStopSignal
            action.sa_flags = SA_RESTART
            sigaction(signal, &action, nil)
        }
        Self.unblock()
    }

    /// A blocked signal is inherited: a worker that was started from a thread which blocks SIGTERM, as the threads of
    /// task pools do, would never hear it.
    private static func unblock() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// True once SIGTERM or SIGINT has come.
    package var received: Bool { signalsSeen.load(ordering: .relaxed) > 0 }

    deinit {
        for signal in [SIGTERM, SIGINT] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = nil  // SIG_DFL
            sigaction(signal, &action, nil)
        }
        close(signalPipe.exchange(-1, ordering: .acquiringAndReleasing))
        close(descriptor)
    }
}

private let signalsSeen = Atomic<Int>(0)
private let signalPipe = Atomic<Int32>(-1)

/// Only async-signal-safe calls, see signal-safety(7).
private func onStopSignal(_ signal: Int32) {
    if signalsSeen.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
    var byte: UInt8 = 1
    _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
}

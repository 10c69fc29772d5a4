import Common
import Glibc
import Synchronization

/// SIGTERM and SIGINT as a question the worker answers when it can: the first asks to stop, the second ends the
/// process at once with exit code 130.
///
/// A handler and a self-pipe rather than signalfd(2): a library may have started threads before `main`, and a signal
/// blocked in our thread alone would still kill the process through one of theirs.
package final class StopSignals: Sendable {
    private static let signals = [SIGTERM, SIGINT]
    private let pipe: SelfPipe
    /// Readable once a signal has come; for poll(2).
    package var descriptor: Int32 { pipe.descriptor }

    /// Installs the handlers for the whole process. One at a time.
    package init() throws {
        pipe = try SelfPipe()
        signalsSeen.store(0, ordering: .relaxed)
        signalPipe.store(pipe.writeEnd, ordering: .releasing)
        SignalHandlers.install(for: Self.signals, onStopSignal)
    }

    /// True once SIGTERM or SIGINT has come.
    package var received: Bool { signalsSeen.load(ordering: .relaxed) > 0 }

    deinit {
        SignalHandlers.remove(for: Self.signals)
        signalPipe.store(-1, ordering: .releasing)
    }
}

private let signalsSeen = Atomic<Int>(0)
private let signalPipe = Atomic<Int32>(-1)

/// Only async-signal-safe calls, see signal-safety(7).
private func onStopSignal(_ signal: Int32) {
    if signalsSeen.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
    SelfPipe.wake(signalPipe.load(ordering: .relaxed))
}

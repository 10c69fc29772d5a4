import Glibc

/// Handlers of signals, for the whole process.
package enum SignalHandlers {
    /// Has `handler` called for each signal, whatever thread it meets; it may make async-signal-safe calls alone, see
    /// signal-safety(7).
    ///
    /// The signals are unblocked for this thread too. A blocked signal is inherited: a worker that was started from a
    /// thread which blocks SIGTERM, as the threads of task pools do, would never hear it.
    package static func install(for signals: [Int32], _ handler: @escaping @convention(c) (Int32) -> Void) {
        for signal in signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = handler
            action.sa_flags = SA_RESTART
            sigaction(signal, &action, nil)
        }
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        for signal in signals { sigaddset(&unblocked, signal) }
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    }

    /// Leaves the signals to the kernel again.
    package static func remove(for signals: [Int32]) {
        for signal in signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = nil  // SIG_DFL
            sigaction(signal, &action, nil)
        }
    }
}

import Common
import OperatingSystem
import Synchronization

/// Asks a worker to end: by signal, or by whoever started it within this process.
package final class StopRequest: Sendable {
    private let asked = Atomic<Bool>(false)
    private let pipe: SelfPipe
    private let signals: StopSignals?

    /// With `signals`, SIGTERM and SIGINT ask as well.
    package init(signals: StopSignals? = nil) throws {
        self.signals = signals
        pipe = try SelfPipe()
    }

    /// Readable once asked; for poll(2).
    var descriptors: [Int32] { [pipe.descriptor] + (signals.map { [$0.descriptor] } ?? []) }

    package var isRequested: Bool { asked.load(ordering: .relaxed) || signals?.received ?? false }

    /// Asks.
    package func request() {
        asked.store(true, ordering: .relaxed)
        pipe.wake()
    }
}

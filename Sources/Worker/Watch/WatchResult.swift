import Ledger
import Views

/// What a worker did between its start and its end.
package struct WatchResult: Sendable, Equatable {
    /// Jobs that ended in each state, manifests rejected at the door included.
    package var ended: [JobState: Int] = [:]
    /// Jobs that wait for the time of their retry; the next worker goes on with them.
    package var delayed = 0
    /// Why jobs that could have been started were not: the queue is paused, or a disk is full; nil where none was left.
    package var obstacle: String?
    /// Webhook deliveries still to be made; the next worker goes on with them.
    package var pendingDeliveries = 0
    /// True where a signal ended it rather than an empty inbox.
    package var wasStopped = false

    package init() {}
}

extension WatchAnswer {
    /// As `lorad watch --json` says it.
    package init(_ result: WatchResult) {
        self.init(
            ended: result.ended, delayed: result.delayed, obstacle: result.obstacle,
            pendingDeliveries: result.pendingDeliveries, stopped: result.wasStopped)
    }
}

/// What a worker did between its start and its end.
package struct WatchResult: Sendable, Equatable {
    /// Jobs that ended in each state, manifests rejected at the door included.
    package var ended: [JobState: Int] = [:]
    /// Webhook deliveries still to be made; the next worker goes on with them.
    package var pendingDeliveries = 0
    /// True where a signal ended it rather than an empty inbox.
    package var wasStopped = false

    package init() {}
}

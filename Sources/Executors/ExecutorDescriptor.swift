import Manifests

/// One way of working on attempts: all that is known of it before there is one. Each has a file of its own, and its place
/// in `KnownExecutors.all`.
package struct ExecutorDescriptor: Sendable {
    /// What ledgers call it, for all time.
    package let name: String
    /// Makes one.
    ///
    /// - Parameter program: lorad's own binary, for those that start it.
    package let make: @Sendable (WorkerConfiguration, _ program: String) -> any Executor
}

import OperatingSystem

/// A started attempt, as its executor finds it again: after a restart of the worker too, so the ledger keeps it.
package struct Execution: Codable, Sendable, Hashable {
    /// The executor's name.
    package let executor: String
    /// The process of this machine that works on it, where it is one.
    package let process: ProcessIdentity?
    /// What else the executor tells it by.
    package let handle: String?

    package init(executor: String, process: ProcessIdentity? = nil, handle: String? = nil) {
        self.executor = executor
        self.process = process
        self.handle = handle
    }
}

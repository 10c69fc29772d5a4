import Executors
import Manifests

/// What a worker works with: made of lorad.yaml, and anew where that is read again.
package struct WorkerTools: Sendable {
    /// Where attempts are worked on.
    package let executor: any Executor
    /// A reader of what others wrote, for a purpose: the watch loop has one, and the schedule.
    package let makeReader: @Sendable (_ purpose: String) -> any IntakeReader

    package init(executor: any Executor, makeReader: @escaping @Sendable (_ purpose: String) -> any IntakeReader) {
        self.executor = executor
        self.makeReader = makeReader
    }

    /// A process for each attempt, and one for each reader.
    package init(_ configuration: WorkerConfiguration) {
        self.init(executor: ProcessExecutor(configuration)) { IntakeChild(configuration, for: $0) }
    }
}

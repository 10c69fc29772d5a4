import Executors
import Manifests

/// What a worker works with: made of lorad.yaml, and anew where that is read again.
package struct WorkerTools: Sendable {
    /// Where attempts are worked on.
    package let executor: any Executor
    /// A reader of what others wrote, for a purpose: the watch loop has one, and the schedule.
    package let makeReader: @Sendable (_ purpose: String) -> any IntakeReader
    /// Where exports are made that follow promotions.
    package let exporter: any Exporter

    package init(
        executor: any Executor, exporter: any Exporter,
        makeReader: @escaping @Sendable (_ purpose: String) -> any IntakeReader
    ) {
        self.executor = executor
        self.exporter = exporter
        self.makeReader = makeReader
    }

    /// A process for each attempt, one for each reader, and one for each export.
    package init(_ configuration: WorkerConfiguration) {
        self.init(executor: ProcessExecutor(configuration), exporter: ExportChild(configuration)) {
            IntakeChild(configuration, for: $0)
        }
    }
}

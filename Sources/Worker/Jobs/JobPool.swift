import Ledger
import OperatingSystem

/// The job threads of a worker: as many jobs run at the same time as there are threads.
final class JobPool: Sendable {
    private let queue: JobQueue
    private let threads: [JobThread]

    init(
        _ count: Int, queue: JobQueue, troubles: Troubles, log: @escaping @Sendable (String) -> Void,
        onChange: @escaping @Sendable () -> Void
    ) {
        self.queue = queue
        threads = (1...max(1, count)).map { number in
            JobThread(name: "job \(number)", queue: queue, troubles: troubles, log: log, onChange: onChange)
        }
    }

    func start() { for thread in threads { thread.start() } }

    /// Tells that a job may wait.
    func wake() { for thread in threads { thread.wake() } }

    var isBusy: Bool { threads.contains(where: \.isBusy) }
    var runningJobs: [String] { threads.compactMap(\.runningJob) }
    var fault: (any Error)? { threads.lazy.compactMap(\.fault).first }
    /// Why no job is started although some wait.
    var obstacle: String? { queue.obstacle }

    /// The jobs whose attempts ended since the last call.
    func takeEnded() -> [JobRecord] { threads.flatMap { $0.takeEnded() } }

    func cancel(_ job: String) { for thread in threads { thread.cancel(job) } }

    /// Asks all running jobs to checkpoint, then waits for all of them.
    func stop() {
        for thread in threads { thread.requestStop() }
        for thread in threads { thread.waitUntilFinished() }
    }
}

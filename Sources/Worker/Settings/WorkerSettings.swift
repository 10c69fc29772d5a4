import ForeignText
import Foundation
import JobReports
import Ledger
import Manifests
import Webhooks

/// Where the worker works and how patient it is: what `lorad.yaml` says, defaults filled in. Durations in seconds.
package struct WorkerSettings: Sendable {
    /// Watched for manifests.
    package var inbox: String
    /// Published runs, and `rejected/` for manifests that could not be taken.
    package var outbox: String
    /// The ledger, the lock, claimed manifests and each job's work folder. On the inbox's file system.
    package var state: String
    /// Seconds between scans of the inbox that no event asked for.
    package var scanEvery: Double
    /// A file whose close was not seen is complete once its size and times have not changed for this long.
    package var quietTime: Double
    /// The same for a file that was seen being written and not yet closed by its writer.
    package var heldOpenTime: Double
    /// Starts of one job that may end in the worker's death before the job is given up as failed.
    package var maximumCrashes: Int
    /// How many run at the same time, and retries.
    package var jobs: JobsConfiguration
    /// What one job may take of the machine.
    package var limits: LimitsConfiguration
    /// What is removed, and what is kept twice.
    package var retention: RetentionConfiguration
    /// The webhooks, in `lorad.yaml`'s order.
    package var hooks: [Hook]
    /// How deliveries are retried and bounded.
    package var delivery: DeliverySettings
    /// Seconds without a turn of the watch loop after which `/healthz` says that it stands still.
    package var stalledAfter = 60.0
    /// lorad.yaml itself, for what runs beside jobs: `schedule` and `monitor`.
    package var configuration = WorkerConfiguration()
    /// Receives the worker's own log, one line a call whatever stands in the names it tells of, without a time stamp.
    package var log: @Sendable (String) -> Void
    /// Hears what running jobs tell, their ends included, on the threads that see them through.
    package var hear: @Sendable (JobRecord, JobReport) -> Void = { _, _ in }

    package init(
        inbox: String = "inbox", outbox: String = "outbox", state: String = ".lorad", scanEvery: Double = 30,
        quietTime: Double = 1, heldOpenTime: Double = 60, maximumCrashes: Int = 3,
        jobs: JobsConfiguration = JobsConfiguration(), limits: LimitsConfiguration = LimitsConfiguration(),
        retention: RetentionConfiguration = RetentionConfiguration(), hooks: [Hook] = [],
        delivery: DeliverySettings = DeliverySettings(), log: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.inbox = inbox
        self.outbox = outbox
        self.state = state
        self.scanEvery = scanEvery
        self.quietTime = quietTime
        self.heldOpenTime = heldOpenTime
        self.maximumCrashes = maximumCrashes
        self.jobs = jobs
        self.limits = limits
        self.retention = retention
        self.hooks = hooks
        self.delivery = delivery
        self.log = { log(ForeignText.line($0)) }
    }
}

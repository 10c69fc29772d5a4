import Ledger
import Views

/// What `lorad status JOB` shows.
package struct JobStatus: Sendable {
    package let job: JobRecord
    package let stages: [StageRecord]
    /// While it runs.
    package let progress: JobProgress?
    package let deliveries: [DeliveryRecord]
    package let logPath: String

    package init(
        job: JobRecord, stages: [StageRecord], progress: JobProgress?, deliveries: [DeliveryRecord], logPath: String
    ) {
        self.job = job
        self.stages = stages
        self.progress = progress
        self.deliveries = deliveries
        self.logPath = logPath
    }
}

extension JobAnswer {
    /// As `lorad status JOB --json` says it.
    package init(_ status: JobStatus) {
        self.init(status.job, stages: status.stages, progress: status.progress)
    }
}

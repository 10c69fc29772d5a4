/// `retention` of lorad.yaml: what is removed, and what is kept twice.
package struct RetentionConfiguration: Section {
    /// Succeeded runs of a name that are kept, the latest; nil: all.
    package var keepRuns: Int?
    /// Days for which every run is kept.
    package var keepDays = 30
    /// Days for which a failed run is kept; nil: for ever.
    package var keepFailedDays: Int?
    /// Days for which an ended job's log, its manifest in the ledger, and the checkpoint of one that may be retried, are
    /// kept.
    package var keepJobDays = 90
    /// MiB of manifests that the ledger keeps.
    package var manifestsMiB = 256
    /// Days for which a delivery that was made or given up stays in the ledger.
    package var keepDeliveryDays = 90
    /// Days for which a rejected manifest stays in `outbox/rejected`.
    package var keepRejectedDays = 365
    /// Hours between backups of the ledger; 0: none.
    package var backupHours = 24
    /// Backups that are kept, the latest.
    package var backups = 7
    /// MiB of tokenized rows that are kept from job to job.
    package var rowsMiB = 4096
    /// MiB of scores and answers that are kept from job to job.
    package var scoresMiB = 256

    package init() {}

    static let fields: [Field<RetentionConfiguration>] = [
        .optional(
            "keep_runs", \.keepRuns, .integer(1...1_000_000, example: 10), absent: "all",
            "Succeeded runs of a name that are kept, the latest. A run that a link in its folder (`latest`) points to is "
                + "never removed."),
        .standard(
            "keep_days", \.keepDays, .integer(0...36_500, example: 30), standard: "30",
            "Days for which a succeeded run is kept, however many there are."),
        .optional(
            "keep_failed_days", \.keepFailedDays, .integer(0...36_500, example: 30), absent: "for ever",
            "Days for which a failed run is kept."),
        .standard(
            "keep_job_days", \.keepJobDays, .integer(1...36_500, example: 90), standard: "90",
            "Days for which an ended job's log, its manifest in the ledger, and a checkpoint it could be retried from, are "
                + "kept."),
        .standard(
            "manifests_mib", \.manifestsMiB, .integer(1...1 << 20, example: 256), standard: "256",
            "MiB of manifests in the ledger. Those of jobs that ended longest ago go first; while those of jobs that wait "
                + "or run are as many, nothing is taken from the inbox."),
        .standard(
            "keep_delivery_days", \.keepDeliveryDays, .integer(1...36_500, example: 90), standard: "90",
            "Days for which a webhook delivery that was made or given up stays in the ledger. One that is still to be made "
                + "is never removed."),
        .standard(
            "keep_rejected_days", \.keepRejectedDays, .integer(1...36_500, example: 365), standard: "365",
            "Days for which a manifest that was rejected stays in `rejected/` of the outbox."),
        .standard(
            "backup_hours", \.backupHours, .integer(0...8760, example: 24), standard: "24",
            "Hours between backups of the ledger in `backups/` of the state folder; 0 for none."),
        .standard(
            "backups", \.backups, .integer(1...1000, example: 7), standard: "7",
            "Backups that are kept, the latest."),
        .standard(
            "rows_mib", \.rowsMiB, .integer(0...1 << 24, example: 4096), standard: "4096",
            "MiB of tokenized rows in `rows/` of the state folder, so that a job whose data did not change tokenizes "
                + "nothing. What was of use longest ago goes first; 0 keeps none."),
        .standard(
            "scores_mib", \.scoresMiB, .integer(0...1 << 24, example: 256), standard: "256",
            "MiB of scores and answers of bases and published adapters in `scores/` of the state folder, so that a job "
                + "scores its own adapter alone. What was of use longest ago goes first; 0 keeps none."),
    ]
}

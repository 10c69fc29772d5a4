/// `jobs` of lorad.yaml: how many run at a time, and what happens to those that meet a fault.
package struct JobsConfiguration: Section {
    /// Jobs that run at the same time; the threads are shared out among them.
    package var atOnce = 1
    /// Retries of a job that a retryable fault ended.
    package var retries = 5
    /// Seconds before the first retry; each later wait is four times as long.
    package var retryWait = 30.0
    /// Seconds that no wait exceeds.
    package var longestRetryWait = 3600.0
    /// How often the worker may die while it runs a job before the job is given up.
    package var workerDeaths = 10
    /// Seconds between a running job's signs of life.
    package var heartbeat = 5.0

    package init() {}

    static let fields: [Field<JobsConfiguration>] = [
        .standard(
            "at_once", \.atOnce, .integer(1...256, example: 2), standard: "1",
            "Jobs that run at the same time; the threads are shared out among them. `lorad watch --jobs N` wins."),
        .standard(
            "retries", \.retries, .integer(0...10_000, example: 5), standard: "5",
            "Retries of a job after faults that may pass: a full disk, a process that was killed."),
        .standard(
            "retry_wait", \.retryWait, .number(NumberBounds(atLeast: 0, atMost: 86_400), example: "30"), standard: "30",
            "Seconds before the first retry; each later wait is four times as long, and up to a quarter is added at random."
        ),
        .standard(
            "longest_retry_wait", \.longestRetryWait,
            .number(NumberBounds(atLeast: 0, atMost: 604_800), example: "3600"),
            standard: "3600", "Seconds that no such wait exceeds, before the random part."),
        .standard(
            "worker_deaths", \.workerDeaths, .integer(1...10_000, example: 10), standard: "10",
            "How often the worker may die while it runs a job before the job is given up as failed."),
        .standard(
            "heartbeat", \.heartbeat, .number(NumberBounds(atLeast: 0.1, atMost: 3600), example: "5"), standard: "5",
            "Seconds between a running job's signs of life in the ledger."),
    ]
}

/// `limits` of lorad.yaml: what one job may take of the machine. Absent limits do not hold.
package struct LimitsConfiguration: Section {
    /// Most memory of a job in MiB; nil: refused above what the machine has, and not watched.
    package var memoryMiB: Int?
    /// Most seconds from a job's start to its end, waits included; nil: none.
    package var wallTime: Double?
    /// Most seconds of one stage; nil: none.
    package var stageTime: Double?
    /// Most seconds in which no stage, step or row of a job moves; 0: no limit.
    package var stallTime = 3600.0
    /// MiB that stay free on the disks of state and outbox beside what a job needs.
    package var freeDiskMiB = 256
    /// Seconds a job has to write its checkpoint once it is asked to stop; then it is killed.
    package var stopTime = 8.0

    package init() {}

    static let fields: [Field<LimitsConfiguration>] = [
        .optional(
            "memory_mib", \.memoryMiB, .integer(64...1 << 30, example: 8192), absent: "what the machine has",
            "Most memory of a job in MiB. A job predicted to need more is refused before training; one that takes more "
                + "is killed and fails."),
        .optional(
            "wall_time", \.wallTime, .number(NumberBounds(atLeast: 1), example: "86400"), absent: "none",
            "Most seconds of one attempt; a job that takes longer is stopped and fails."),
        .optional(
            "stage_time", \.stageTime, .number(NumberBounds(atLeast: 1), example: "43200"), absent: "none",
            "Most seconds of one stage; a job that takes longer is stopped and fails."),
        .standard(
            "stall_time", \.stallTime, .number(NumberBounds(atLeast: 0), example: "3600"), standard: "3600",
            "Most seconds in which no stage, step or row of a job moves; a job that stands still for longer is stopped and "
                + "fails. 0: no limit."),
        .standard(
            "free_disk_mib", \.freeDiskMiB, .integer(0...1 << 30, example: 256), standard: "256",
            "MiB that stay free on the disks of state and outbox, beside what a job is predicted to write."),
        .standard(
            "stop_time", \.stopTime, .number(NumberBounds(atLeast: 0.1, atMost: 3600), example: "8"), standard: "8",
            "Seconds a job has to write its checkpoint once it is asked to stop; then it is killed."),
    ]
}

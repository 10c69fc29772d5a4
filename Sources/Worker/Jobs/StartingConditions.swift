import Common
import Manifests
import OperatingSystem
import Pipeline

/// What must hold before any job is started.
struct StartingConditions {
    let folders: WorkerFolders
    let limits: LimitsConfiguration

    /// What is in the way.
    struct Obstacle: Equatable, Sendable {
        enum Kind: Equatable { case outboxGone, fullDisk(String) }
        let kind: Kind
        let text: String
        /// Whether manifests stay in the inbox too: each takes room in the ledger, or in the outbox where it is rejected.
        var stopsIntake: Bool { kind != .outboxGone }

        /// The figures in the text change all the time; the log is told of what is new.
        static func == (first: Obstacle, second: Obstacle) -> Bool { first.kind == second.kind }
    }

    /// Nil where nothing is in the way.
    var obstacle: Obstacle? {
        guard FileSystem.exists(folders.outboxMark) else {
            let text =
                "the outbox \(folders.outbox) is not the one that the worker started with (its file system may not be "
                + "mounted)"
            return Obstacle(kind: .outboxGone, text: text)
        }
        for folder in [folders.state, folders.outbox] {
            // Nil where it cannot be told: the job will find out.
            guard let free = FreeDisk.bytes(at: folder), free < limits.freeDiskMiB << 20 else { continue }
            let text =
                "\(free >> 20) MiB are free on the disk of \(folder); limits.free_disk_mib is \(limits.freeDiskMiB)"
            return Obstacle(kind: .fullDisk(folder), text: text)
        }
        return nil
    }
}

import Manifests
import Pipeline

/// What must hold before any job is started.
struct StartingConditions {
    let folders: WorkerFolders
    let limits: LimitsConfiguration

    /// What is in the way; nil where nothing is.
    var obstacle: String? {
        guard FileSystem.exists(folders.outboxMark) else {
            return
                "the outbox \(folders.outbox) is not the one that the worker started with (its file system may not be "
                + "mounted)"
        }
        for folder in [folders.state, folders.outbox] {
            // Nil where it cannot be told: the job will find out.
            guard let free = FreeDisk.bytes(at: folder), free < limits.freeDiskMiB << 20 else { continue }
            return "\(free >> 20) MiB are free on the disk of \(folder); limits.free_disk_mib is \(limits.freeDiskMiB)"
        }
        return nil
    }
}

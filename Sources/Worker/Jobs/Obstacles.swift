import Synchronization

/// Looks what is in the way of starting jobs and of taking manifests, and tells it once, whoever looks.
final class Obstacles: Sendable {
    private let folders: WorkerFolders
    private let live: LiveSettings
    private let last = Mutex<StartingConditions.Obstacle?>(nil)

    init(folders: WorkerFolders, live: LiveSettings) {
        self.folders = folders
        self.live = live
    }

    /// What was in the way when somebody looked last.
    var current: StartingConditions.Obstacle? { last.withLock { $0 } }

    /// What is in the way now; nil where nothing is.
    func look() -> StartingConditions.Obstacle? {
        let found = StartingConditions(folders: folders, limits: live.settings.limits).obstacle
        let before = last.withLock { last in
            defer { last = found }
            return last
        }
        if found != before {
            let what =
                (found ?? before)?.stopsIntake == true
                ? "no manifest is taken and no job is started" : "no job is started"
            live.settings.log(
                found.map { "\(what): \($0.text)" } ?? "what was in the way is gone: jobs are started again")
        }
        return found
    }
}

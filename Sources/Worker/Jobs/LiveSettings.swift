import Synchronization

/// What `lorad.yaml` says now: the settings and the runner made of it, replaced together when it is read again.
final class LiveSettings: Sendable {
    private let state: Mutex<(settings: WorkerSettings, runner: any JobRunner)>

    init(_ settings: WorkerSettings, runner: any JobRunner) {
        state = Mutex((settings, runner))
    }

    var settings: WorkerSettings { state.withLock { $0.settings } }
    var runner: any JobRunner { state.withLock { $0.runner } }

    /// Takes over what may change while a worker runs. Folders, `monitor` and the number of jobs at a time stay; what was
    /// asked for and stays as it was is named.
    func replace(_ settings: WorkerSettings, runner: any JobRunner) -> [String] {
        state.withLock { state in
            let old = state.settings
            var new = settings
            var kept: [String] = []
            func keep<Value: Equatable>(_ name: String, _ property: WritableKeyPath<WorkerSettings, Value>) {
                if new[keyPath: property] != old[keyPath: property] { kept.append(name) }
                new[keyPath: property] = old[keyPath: property]
            }
            keep("inbox", \.inbox)
            keep("outbox", \.outbox)
            keep("state", \.state)
            keep("monitor", \.configuration.monitor)
            keep("jobs.at_once", \.jobs.atOnce)
            new.log = old.log
            state = (new, runner)
            return kept
        }
    }
}

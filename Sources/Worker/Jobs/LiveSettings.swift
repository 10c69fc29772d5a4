import Synchronization

/// What `lorad.yaml` says now: the settings and the tools made of it, replaced together when it is read again.
final class LiveSettings: Sendable {
    private let state: Mutex<(settings: WorkerSettings, tools: WorkerTools)>

    init(_ settings: WorkerSettings, tools: WorkerTools) {
        state = Mutex((settings, tools))
    }

    var settings: WorkerSettings { state.withLock { $0.settings } }
    var tools: WorkerTools { state.withLock { $0.tools } }

    /// Takes over what may change while a worker runs. Folders, `monitor` and the number of jobs at a time stay; what was
    /// asked for and stays as it was is named.
    func replace(_ settings: WorkerSettings, tools: WorkerTools) -> [String] {
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
            new.hear = old.hear
            state = (new, tools)
            return kept
        }
    }
}

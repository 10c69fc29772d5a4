import Manifests
import Webhooks

extension WorkerSettings {
    /// What `lorad.yaml` says, the rest at its default.
    package init(_ configuration: WorkerConfiguration, log: @escaping @Sendable (String) -> Void = { _ in }) {
        self.init(
            inbox: configuration.inbox, outbox: configuration.outbox, state: configuration.state,
            scanEvery: configuration.scanEvery, quietTime: configuration.quietTime,
            maximumCrashes: configuration.jobs.workerDeaths, jobs: configuration.jobs, limits: configuration.limits,
            retention: configuration.retention,
            hooks: configuration.hooks.map(Hook.init), log: log)
        self.configuration = configuration
    }
}

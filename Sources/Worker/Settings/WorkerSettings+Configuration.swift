import Manifests

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

extension Hook {
    /// A hook of `lorad.yaml`, whose check has made sure that exactly one source of the URL is named.
    package init(_ configuration: HookConfiguration) {
        let file = configuration.urlFile.map(SecretSource.file)
        self.init(
            name: configuration.name, kind: configuration.kind,
            url: file ?? .environment(configuration.urlEnvironment ?? ""),
            secret: configuration.secretFile.map(SecretSource.file)
                ?? configuration.secretEnvironment.map(SecretSource.environment),
            events: Set(configuration.events), jobs: configuration.jobs,
            proxy: configuration.proxyEnvironment.map(SecretSource.environment),
            allowHTTP: configuration.allowHTTP, allowPrivate: configuration.allowPrivate)
    }
}

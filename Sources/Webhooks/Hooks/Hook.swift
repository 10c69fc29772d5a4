import Glibc
import Manifests

/// Where a secret (a webhook's URL, a signing key) is read from; never the secret itself.
package enum SecretSource: Sendable, Equatable {
    /// The environment variable of this name.
    case environment(String)
    /// The file at this path, readable by its owner alone.
    case file(String)
}

/// One webhook as configured.
package struct Hook: Sendable, Equatable {
    /// The name that manifests' `notify` and every message use.
    package var name: String
    package var kind: HookKind
    package var url: SecretSource
    /// Signing secrets, `whsec_` + base64 of 24 to 64 bytes; several, separated by spaces, while rotating.
    package var secret: SecretSource?
    package var events: Set<HookEvent>
    /// Patterns of the names of the jobs it hears of, as fnmatch(3) reads them; empty for every job.
    package var jobs: [String]
    /// The URL of the proxy to go through; nil for none.
    package var proxy: SecretSource?
    /// Lets plain `http://` through.
    package var allowHTTP: Bool
    /// Lets private, loopback and link-local addresses through.
    package var allowPrivate: Bool

    package init(
        name: String, kind: HookKind, url: SecretSource, secret: SecretSource? = nil,
        events: Set<HookEvent> = Set(HookEvent.allCases), jobs: [String] = [], proxy: SecretSource? = nil,
        allowHTTP: Bool = false, allowPrivate: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.url = url
        self.secret = secret
        self.events = events
        self.jobs = jobs
        self.proxy = proxy
        self.allowHTTP = allowHTTP
        self.allowPrivate = allowPrivate
    }

    /// Whether this event of a job of this name is told. A stamped one goes by `NAME-STAMP` too.
    package func hears(_ event: HookEvent, ofJob name: String, stamp: String? = nil) -> Bool {
        let names = [name] + (stamp.map { [Stamp.name(name, stamp: $0)] } ?? [])
        return events.contains(event)
            && (jobs.isEmpty || jobs.contains { pattern in names.contains { fnmatch(pattern, $0, 0) == 0 } })
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

/// The service a webhook speaks to; it decides the body's shape and limits.
package enum HookKind: String, Sendable, CaseIterable {
    /// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    case slack
    /// https://discord.com/developers/docs/resources/webhook#execute-webhook
    case discord
    /// Structured JSON, signed after https://www.standardwebhooks.com where a secret is configured.
    case generic
}

/// What a webhook can tell of.
package enum HookEvent: String, Sendable, CaseIterable {
    case queued
    case started
    case succeeded
    case failed
    case rejected
}

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
    /// Lets plain `http://` through.
    package var allowHTTP: Bool
    /// Lets private, loopback and link-local addresses through.
    package var allowPrivate: Bool

    package init(
        name: String, kind: HookKind, url: SecretSource, secret: SecretSource? = nil,
        events: Set<HookEvent> = Set(HookEvent.allCases), allowHTTP: Bool = false, allowPrivate: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.url = url
        self.secret = secret
        self.events = events
        self.allowHTTP = allowHTTP
        self.allowPrivate = allowPrivate
    }
}

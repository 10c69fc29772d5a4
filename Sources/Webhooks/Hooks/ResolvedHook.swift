import Foundation
import OperatingSystem

/// A hook with its secrets read: everything that a delivery needs.
package struct ResolvedHook: Sendable {
    package let hook: Hook
    let url: Secret
    package let signingKeys: [SigningKey]
    package let proxy: Secret?

    /// Throws `.webhook` where a source cannot be read or holds no usable URL or key; the message names the hook and
    /// the source, never what was read.
    package init(_ hook: Hook, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        self.hook = hook
        url = try hook.url.read(for: "the URL of webhook '\(hook.name)'", environment: environment)
        try Self.check(url, of: hook)
        proxy = try hook.proxy?.read(for: "the proxy of webhook '\(hook.name)'", environment: environment)
        try proxy.map { try Self.check(proxy: $0, of: hook) }
        let keys = try hook.secret?.read(for: "the secret of webhook '\(hook.name)'", environment: environment)
        signingKeys = try (keys?.reveal() ?? "").split(whereSeparator: \.isWhitespace).map {
            try SigningKey(Secret(String($0)), hook: hook.name)
        }
    }

    /// Whether a message would go another way than by `other`: to another URL, through another proxy, by other rules.
    func leadsElsewhere(than other: ResolvedHook) -> Bool {
        url.reveal() != other.url.reveal() || proxy?.reveal() != other.proxy?.reveal()
            || hook.allowHTTP != other.hook.allowHTTP || hook.allowPrivate != other.hook.allowPrivate
    }

    /// Resolves all of them; two of one name are a mistake.
    package static func resolve(_ hooks: [Hook], environment: [String: String]) throws -> [ResolvedHook] {
        var names: Set<String> = []
        for hook in hooks where !names.insert(hook.name).inserted {
            throw WorkerError(.webhook, "Two webhooks are named '\(hook.name)'; names must differ.")
        }
        return try hooks.map { try ResolvedHook($0, environment: environment) }
    }

    private static func check(proxy: Secret, of hook: Hook) throws {
        let parts = URLComponents(string: proxy.reveal())
        guard let scheme = parts?.scheme?.lowercased(), ["http", "https", "socks5", "socks5h"].contains(scheme),
            let host = parts?.host, !host.isEmpty
        else {
            throw WorkerError(
                .webhook, "The proxy of webhook '\(hook.name)' is not a URL of http, https, socks5 or socks5h.",
                advice: "Such as http://proxy.example:3128.")
        }
    }

    private static func check(_ url: Secret, of hook: Hook) throws {
        let parts = URLComponents(string: url.reveal())
        guard let scheme = parts?.scheme?.lowercased(), let host = parts?.host, !host.isEmpty else {
            throw WorkerError(.webhook, "The URL of webhook '\(hook.name)' is not a URL with a scheme and a host.")
        }
        guard scheme == "https" || scheme == "http" && hook.allowHTTP else {
            throw WorkerError(
                .webhook, "The URL of webhook '\(hook.name)' does not begin with https://.",
                advice: scheme == "http" ? "Say `allow_http: true` for it if you accept that anybody can read it." : nil
            )
        }
    }
}

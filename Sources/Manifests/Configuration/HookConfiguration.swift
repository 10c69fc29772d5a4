/// A webhook of lorad.yaml. Its URL is a secret, so the file only says where to find it.
package struct HookConfiguration: Section {
    /// What a manifest's `notify` calls it.
    package var name = ""
    /// The form of the message.
    package var kind = HookKind.generic
    /// The environment variable that holds the URL; exactly one of this and `urlFile` is set.
    package var urlEnvironment: String?
    /// The file that holds the URL; the worker demands mode 0600.
    package var urlFile: String?
    /// What to tell.
    package var events = HookEvent.standard
    /// The jobs it hears of, by patterns of their names; empty: all of them.
    package var jobs: [String] = []
    /// The environment variable that holds the signing secrets (Standard Webhooks). Without this and `secretFile`
    /// messages are not signed.
    package var secretEnvironment: String?
    /// The file that holds the signing secrets; the worker demands mode 0600.
    package var secretFile: String?
    /// The environment variable that holds the URL of a proxy to go through; nil: none.
    package var proxyEnvironment: String?
    /// Whether the URL may lead to a private or loopback address.
    package var allowPrivate = false
    /// Whether the URL may be plain http.
    package var allowHTTP = false

    package init() {}

    static let fields: [Field<HookConfiguration>] = [
        .required(
            "name", \.name, .name(example: "chat"), missing: "give the hook a name, such as chat",
            "What a manifest's `notify` calls it."),
        .required(
            "kind", \.kind, .choice(), missing: "say generic, slack, discord, teams or mattermost",
            "The form of the message."),
        .optional(
            "url_env", \.urlEnvironment, .variable, absent: "`url_file` names it",
            "The environment variable that holds the URL. Excludes `url_file`."),
        .optional(
            "url_file", \.urlFile, .path(example: "/etc/lorad/chat.url"), absent: "`url_env` names it",
            "The file that holds the URL, mode 0600. Excludes `url_env`."),
        .standard(
            "events", \.events, .list(of: .choice(), ListRule(atLeast: 1), example: "[succeeded, failed]"),
            standard: "`[succeeded, failed, rejected, cancelled, alias.moved]`",
            "What to tell: by default one message a job, at its end, and one when an alias moves."),
        .standard(
            "jobs", \.jobs, .list(of: .jobPattern, ListRule(atLeast: 1, allowsSingle: true), example: "[nightly-*]"),
            standard: "every job",
            "Whose jobs to tell of: names, where `*` stands for any text and `?` for one character."),
        .optional(
            "secret_env", \.secretEnvironment, .variable, absent: "`secret_file`, or not signed",
            "The environment variable that holds the signing secrets; several while rotating, separated by spaces."),
        .optional(
            "secret_file", \.secretFile, .path(example: "/etc/lorad/hook.key"), absent: "`secret_env`, or not signed",
            "The file that holds them, mode 0600. Excludes `secret_env`."),
        .optional(
            "proxy_env", \.proxyEnvironment, .variable, absent: "no proxy",
            "The environment variable that holds the URL of the proxy to go through."),
        .standard(
            "allow_private", \.allowPrivate, .boolean, standard: "false",
            "Whether the URL may lead to a private or loopback address."),
        .standard("allow_http", \.allowHTTP, .boolean, standard: "false", "Whether the URL may be plain http."),
    ]

    static func check(
        _ hook: inout HookConfiguration, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        for (first, other, what) in [("url_env", "url_file", "URL"), ("secret_env", "secret_file", "secret")] {
            guard let second = node.later(of: first, other) else { continue }
            context.diagnostics.add(
                second.position, "\(path)\(first) and \(path)\(other) both name the \(what); keep one")
        }
        guard node.entries != nil, node["url_env"] == nil, node["url_file"] == nil else { return }
        context.diagnostics.add(
            node.position, "\(path)url_env is missing: name the environment variable that holds the URL, or a url_file")
    }
}

/// The form of a webhook's message.
package enum HookKind: String, Sendable, CaseIterable, Codable {
    /// Signed JSON for programs, https://www.standardwebhooks.com.
    case generic
    case slack, discord, teams, mattermost
}

/// What a webhook can tell.
package enum HookEvent: String, Sendable, CaseIterable, Codable {
    case queued, started, succeeded, failed, rejected, cancelled
    /// An alias leads to another version now.
    case aliasMoved = "alias.moved"

    /// What a hook hears that does not say: one message a job, at its end, and what serves from then on.
    package static let standard: [HookEvent] = [.succeeded, .failed, .rejected, .cancelled, .aliasMoved]
}

extension Kind where Value == String {
    /// The name of an environment variable.
    static var variable: Kind<String> {
        .text("environment variable's name", example: "CHAT_WEBHOOK_URL") { text in
            let isName = text.utf8.allSatisfy { byte in
                byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
                    || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "_")
            }
            // The text is not shown: somebody may have put the secret itself here.
            return isName ? nil : "is not an environment variable's name; the secret itself never stands in lorad.yaml"
        }
    }
}

extension Kind where Value == String {
    /// A pattern of jobs' names.
    static var jobPattern: Kind<String> {
        .text("job name or pattern", example: "nightly-*") { text in
            let isPart = { (byte: UInt8) in
                byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
                    || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || "._-*?".utf8.contains(byte)
            }
            return text.utf8.allSatisfy(isPart)
                ? nil : "is \(Shown.quoted(text)); a pattern has the characters a-z 0-9 . _ - * ?"
        }
    }
}

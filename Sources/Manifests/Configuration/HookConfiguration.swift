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
    package var events = HookEvent.allCases
    /// The environment variable that holds the signing secret (Standard Webhooks); nil: messages are not signed.
    package var secretEnvironment: String?
    /// Whether the URL may lead to a private or loopback address.
    package var allowPrivate = false
    /// Whether the URL may be plain http.
    package var allowHTTP = false

    static let fields: [Field<HookConfiguration>] = [
        .required(
            "name", \.name, .name(example: "chat"), missing: "give the hook a name, such as chat",
            "What a manifest's `notify` calls it."),
        .required("kind", \.kind, .choice(), missing: "say slack, discord or generic", "The form of the message."),
        .optional(
            "url_env", \.urlEnvironment, .variable, absent: "`url_file` names it",
            "The environment variable that holds the URL. Excludes `url_file`."),
        .optional(
            "url_file", \.urlFile, .path(example: "/etc/lorad/chat.url"), absent: "`url_env` names it",
            "The file that holds the URL, mode 0600. Excludes `url_env`."),
        .standard(
            "events", \.events, .list(of: .choice(), ListRule(atLeast: 1), example: "[succeeded, failed]"),
            standard: "all of them", "What to tell."),
        .optional(
            "secret_env", \.secretEnvironment, .variable, absent: "not signed",
            "The environment variable that holds the signing secret."),
        .standard(
            "allow_private", \.allowPrivate, .boolean, standard: "false",
            "Whether the URL may lead to a private or loopback address."),
        .standard("allow_http", \.allowHTTP, .boolean, standard: "false", "Whether the URL may be plain http."),
    ]

    static func check(
        _ hook: inout HookConfiguration, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        if let second = node.later(of: "url_env", "url_file") {
            context.diagnostics.add(second.position, "\(path)url_env and \(path)url_file both name the URL; keep one")
        }
        guard node.entries != nil, node["url_env"] == nil, node["url_file"] == nil else { return }
        context.diagnostics.add(
            node.position, "\(path)url_env is missing: name the environment variable that holds the URL, or a url_file")
    }
}

/// The form of a webhook's message.
package enum HookKind: String, Sendable, CaseIterable, Codable {
    case slack, discord, generic
}

/// What a webhook can tell.
package enum HookEvent: String, Sendable, CaseIterable, Codable {
    case queued, started, succeeded, failed, rejected
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

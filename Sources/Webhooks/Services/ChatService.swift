import Manifests

/// A service that takes messages at a URL: what lorad must know of it, in one file each.
///
/// `ChatServices.all` lists them; a service that is not there does not exist.
package protocol ChatService: Sendable {
    /// As `kind` of lorad.yaml's hooks names it.
    var kind: HookKind { get }
    /// Least seconds between two posts, by the service's own limits of rate.
    var spacing: Double { get }
    /// Status codes by which it refuses the body itself: the same one again would be refused again, and hold up the next
    /// ones. None for a program, which may be mended meanwhile.
    var bodyRefusals: Set<Int> { get }
    /// Whether a request carries the headers, and with a secret the signature, of https://www.standardwebhooks.com.
    var isStandardWebhook: Bool { get }
    /// What it takes at most of a body: more is refused or torn apart.
    var limit: BodyLimit { get }

    /// The body that tells of a message: one JSON object, within `limit` however long what others wrote is.
    func body(of message: any HookMessage) throws -> String
}

/// How much of a body a service takes.
package enum BodyLimit: Sendable, Equatable {
    /// Less than so many bytes in all.
    case bytes(Int)
    /// At most so many UTF-16 units of text in any one string of it; the service's file says more.
    case units(Int)
}

extension ChatService {
    package var bodyRefusals: Set<Int> { [400, 413, 422] }
    package var isStandardWebhook: Bool { false }
}

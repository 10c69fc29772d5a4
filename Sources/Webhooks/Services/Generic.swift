import Manifests

/// Any program that takes https://www.standardwebhooks.com.
package struct GenericService: ChatService {
    package init() {}

    package var kind: HookKind { .generic }
    package var spacing: Double { 0 }
    package var bodyRefusals: Set<Int> { [] }
    package var isStandardWebhook: Bool { true }
    package var limit: BodyLimit { .bytes(GenericBody.limit) }

    package func body(of message: any HookMessage) throws -> String { try message.generic() }
}

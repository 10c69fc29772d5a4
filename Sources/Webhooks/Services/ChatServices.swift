import Manifests

/// The services that there are.
package enum ChatServices {
    package static let all: [any ChatService] = [
        GenericService(), SlackService(), DiscordService(), TeamsService(), MattermostService(),
    ]

    private static let byKind = Dictionary(all.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })

    /// The service of a kind of hook.
    package static func of(_ kind: HookKind) -> any ChatService {
        guard let service = byKind[kind] else {
            fatalError("No service is registered for hooks of kind \(kind.rawValue).")
        }
        return service
    }
}

import Foundation
import Manifests
import Pipeline

/// What this machine has, and what will keep jobs from running well on it.
package struct Doctor {
    private let configuration: WorkerConfiguration
    private let environment: [String: String]

    /// - Parameter environment: where hooks' secrets are looked up.
    package init(
        _ configuration: WorkerConfiguration, environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.configuration = configuration
        self.environment = environment
    }

    /// Every finding, in the order in which they are shown. Nothing is changed, sent or made.
    package func findings() -> [Finding] {
        MachineCheck.findings() + LibraryCheck.findings() + FolderCheck(configuration).findings()
            + PermissionCheck(configuration: configuration).findings()
            + LedgerCheck(path: configuration.state + "/ledger.sqlite").findings()
            + [
                SystemCheck.watch(
                    inbox: FolderCheck.nearest(configuration.inbox), scanEvery: configuration.scanEvery),
                SystemCheck.clock(),
            ] + hooks() + ScheduleCheck(configuration: configuration).findings()
    }

    /// Whether each hook's URL and signing secret can be read and used. Neither is shown.
    private func hooks() -> [Finding] {
        guard !configuration.hooks.isEmpty else {
            return [Finding("hooks", "none; lorad.yaml names where status messages go")]
        }
        return configuration.hooks.map { configured in
            let hook = Hook(configured)
            let name = "hook \(hook.name)"
            do {
                let resolved = try ResolvedHook(hook, environment: environment)
                let keys = resolved.signingKeys.isEmpty ? "unsigned" : "signed"
                let way = resolved.proxy == nil ? "" : ", through a proxy"
                return Finding(name, "\(hook.kind.rawValue), \(keys), URL read from \(Self.place(hook.url))\(way)")
            } catch {
                let failure = error as? any LocalizedError
                return Finding(
                    name, failure?.errorDescription ?? "its secrets cannot be read", .problem,
                    advice: failure?.recoverySuggestion
                        ?? "Give \(Self.place(hook.url)) to the process that runs lorad.")
            }
        }
    }

    private static func place(_ source: SecretSource) -> String {
        switch source {
        case .environment(let name): "the environment variable \(name)"
        case .file(let path): "the file \(path)"
        }
    }
}

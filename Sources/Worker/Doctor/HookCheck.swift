import Common
import Foundation
import Manifests
import Pipeline
import Webhooks

/// Whether each hook's URL, proxy and signing secret can be read and used. None of them is shown.
struct HookCheck {
    let configuration: WorkerConfiguration
    let environment: [String: String]

    func findings() -> [Finding] { hooks() + notifications() }

    private func hooks() -> [Finding] {
        guard !configuration.hooks.isEmpty else {
            return [Finding("hooks", "none; lorad.yaml names where status messages go")]
        }
        return configuration.hooks.map { configured in
            let hook = Hook(configured)
            let name = "hook \(hook.name)"
            do {
                return Finding(name, description(of: try ResolvedHook(hook, environment: environment)))
            } catch {
                let fault = error as? any Fault
                return Finding(
                    name, fault?.message ?? "its secrets cannot be read", .problem,
                    advice: fault?.advice
                        ?? "Give \(Self.place(hook.url)) to the process that runs lorad.")
            }
        }
    }

    private func description(of resolved: ResolvedHook) -> String {
        let hook = resolved.hook
        var words = [hook.kind.rawValue, resolved.signingKeys.isEmpty ? "unsigned" : "signed"]
        words.append("URL read from \(Self.place(hook.url))")
        if resolved.proxy != nil, let proxy = hook.proxy { words.append("through the proxy in \(Self.place(proxy))") }
        if hook.allowHTTP { words.append("plain http allowed") }
        if hook.allowPrivate { words.append("private addresses allowed") }
        return words.joined(separator: ", ")
    }

    /// A hook that no manifest hears of by itself is a frequent surprise.
    private func notifications() -> [Finding] {
        guard !configuration.hooks.isEmpty else { return [] }
        guard configuration.notifyDefault.isEmpty else {
            let names = configuration.notifyDefault.joined(separator: ", ")
            return [Finding("notify", "without `notify`, a job is told to \(names)")]
        }
        return [
            Finding(
                "notify", "a manifest without `notify` is told to nobody", .warning,
                advice: "Name hooks in notify_default of lorad.yaml, or in each manifest.")
        ]
    }

    private static func place(_ source: SecretSource) -> String {
        switch source {
        case .environment(let name): "the environment variable \(name)"
        case .file(let path): "the file \(path)"
        }
    }
}

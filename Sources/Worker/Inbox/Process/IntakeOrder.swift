import Executors
import Foundation
import Manifests

/// Something that others wrote, to be read by the intake's process: the worker's own opens none of it.
package struct IntakeOrder: Sendable, Codable, Equatable {
    package let rules: IntakeRules
    package let request: IntakeRequest

    package init(_ request: IntakeRequest, _ configuration: WorkerConfiguration) {
        self.request = request
        rules = IntakeRules(configuration)
    }
}

/// What is to be read.
package enum IntakeRequest: Sendable, Codable, Equatable {
    /// A claimed manifest; `rule` is that of the file's owner.
    case inspect(path: String, name: String, rule: OwnerRule?)
    /// The manifest of an entry of `schedule`, with its `key=value` settings, for the time it was due.
    case prepare(path: String, settings: [String], due: Date)
    /// Whether a manifest's text asks for anything that a published run is not already. Hashes what it names, but what
    /// `hashes` has, see `HashCache.known(under:)`.
    case compare(text: String, path: String, run: String, hashes: String?)
}

/// What of lorad.yaml decides whether a manifest is accepted: of webhooks their names alone.
package struct IntakeRules: Sendable, Codable, Equatable {
    let pipelines: String
    let allowedRoots: [String]
    /// Paths of files and folders that are the worker's own, and never data.
    let protected: [String]
    let hooks: [String]
    let notifyDefault: [String]

    init(_ configuration: WorkerConfiguration) {
        pipelines = configuration.pipelines
        allowedRoots = configuration.allowedRoots
        protected = configuration.protectedPaths
        hooks = configuration.hooks.map(\.name)
        notifyDefault = configuration.notifyDefault
    }

    /// What `ManifestReading` needs of lorad.yaml to judge a manifest.
    var configuration: WorkerConfiguration {
        var configuration = WorkerConfiguration()
        configuration.pipelines = pipelines
        configuration.allowedRoots = allowedRoots
        configuration.ownFiles = protected
        configuration.hooks = hooks.map { name in
            var hook = HookConfiguration()
            hook.name = name
            return hook
        }
        configuration.notifyDefault = notifyDefault
        return configuration
    }
}

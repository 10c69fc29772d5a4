import Common
import Foundation
import JobReports
import Manifests
import OperatingSystem
import Pipeline

/// Manifests by the rules of lorad.yaml: everything that can be checked without work.
package enum ManifestReading {
    /// Parses and checks a manifest's text; `path` is the name that diagnostics carry, `rule` that of its file's owner.
    package static func verdict(
        on text: String, path: String, rule: OwnerRule? = nil, _ configuration: WorkerConfiguration
    ) -> ManifestVerdict {
        do {
            let document = try document(text, path: path, configuration)
            let manifest = document.manifest
            if let limit = rule?.priority, manifest.priority > limit {
                let place = document.position(of: "priority")
                let message =
                    "priority is \(manifest.priority); the rule for its owner in lorad.yaml allows at most \(limit)"
                throw ManifestsError(
                    mistakesIn: path,
                    [Diagnostic(file: place.file, line: place.line, column: place.column, message: message)])
            }
            return .accepted(
                name: manifest.name, notify: manifest.notify ?? configuration.notifyDefault,
                priority: manifest.priority, inputs: manifest.inputs, stamp: manifest.stamp,
                wishes: manifest.registryWishes)
        } catch {
            return .rejected(diagnostics: ErrorLines.of(error))
        }
    }

    /// Reads a manifest's file and checks it.
    ///
    /// - Throws: `ManifestsError`, for a missing file or with every mistake.
    package static func document(path: String, _ configuration: WorkerConfiguration) throws -> ManifestDocument {
        try ManifestDocument.load(path: path, pipelinesFolder: configuration.pipelines) {
            mistakes(in: $0, configuration)
        }
    }

    /// The same for a manifest's text; `path` is the name that diagnostics carry, unless `overrides` brought what is
    /// wrong. With `knowsHooks` false any webhook's name will do.
    package static func document(
        _ text: String, path: String, _ configuration: WorkerConfiguration, overrides: [Override] = [],
        knowsHooks: Bool = true
    ) throws -> ManifestDocument {
        try ManifestDocument.load(
            bytes: Array(text.utf8), file: path, pipelinesFolder: configuration.pipelines, overrides: overrides
        ) {
            mistakes(in: $0, configuration, knowsHooks: knowsHooks)
        }
    }

    private static func mistakes(
        in document: ManifestDocument, _ configuration: WorkerConfiguration, knowsHooks: Bool = true
    ) -> [Diagnostic] {
        configuration.pathPolicy().check(document)
            + (knowsHooks ? document.checkHooks(known: configuration.hooks.map(\.name)) : [])
    }
}

extension JobManifest {
    /// What it wants of the registry; nil where it wants nothing.
    package var registryWishes: RegistryWishes? {
        let wishes = RegistryWishes(initFrom: initReference, isPromoted: isPromoted)
        return wishes == RegistryWishes() ? nil : wishes
    }
}

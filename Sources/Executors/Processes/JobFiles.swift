import Common
import Foundation
import Manifests
import OperatingSystem
import Pipeline

/// The files of one attempt at one job.
package struct JobFiles {
    let order: JobOrder

    /// Before the manifest is read: whatever a manifest may name.
    var anyReads: [String] { order.allowedRoots + own }

    /// What this manifest names.
    func reads(_ manifest: JobManifest) -> [String] {
        manifest.inputs.flatMap(Self.withLinks) + own
    }

    /// Its work folder, and the folder of its name in the outbox, which the worker has made.
    var writes: [String] { [order.request.workFolder] + [order.runsFolder].compactMap(\.self) }

    private var own: [String] { [order.pipelines, order.hashCache] + SystemFiles.named }

    /// The path, and what links in its folder lead to: a hub's cache keeps a base as links to files elsewhere.
    package static func withLinks(_ path: String) -> [String] {
        [path] + ((try? PathPolicy.links(in: path)) ?? []).map { path + "/" + $0 }
    }
}

import Common
import Foundation
import Manifests
import OperatingSystem
import Pipeline

/// The files of one attempt at one job.
package struct JobFiles {
    let order: JobOrder

    /// Before the manifest is read: whatever a manifest may name, and the outbox, where the adapter may lie that the job
    /// goes on from. Rights that are not given here cannot be given once the manifest is known.
    var anyReads: [String] { order.allowedRoots + [order.outbox] + own }

    /// What this manifest names.
    ///
    /// - Parameter parent: the folder of the adapter that the job goes on from, wherever it was found.
    package func reads(_ manifest: JobManifest, parent: String?) -> [String] {
        (manifest.inputs + [parent].compactMap(\.self) + served).flatMap(Self.withLinks) + own
    }

    /// The adapter that the job goes on from, which is settled here for all attempts: a confined process could read no
    /// other, and `latest` may be moved at any time. Nil where there is none, or none is found, which the pipeline tells.
    func parent(_ manifest: JobManifest) -> String? {
        let pin = try? ParentPin.find(
            manifest, outbox: order.outbox, workFolder: order.request.workFolder, references: order.request.references)
        guard let pin else { return nil }
        if pin.sha256 == nil { try? pin.keep(in: order.request.workFolder) }
        return pin.folder
    }

    /// Its work folder, and the folder of its name in the outbox, which the worker has made.
    var writes: [String] { [order.request.workFolder] + [order.runsFolder].compactMap(\.self) }

    /// Versions that the run is held against: a name's nights of earlier lorads lie beside its folder.
    private var served: [String] {
        [order.request.references.champion, order.request.references.previous].compactMap { $0?.folder }
    }

    private var own: [String] {
        [order.pipelines, order.hashCache] + [order.keptRows, order.keptScores].compactMap(\.self) + SystemFiles.named
    }

    /// The path, and what links in its folder lead to: a hub's cache keeps a base as links to files elsewhere.
    package static func withLinks(_ path: String) -> [String] {
        [path] + ((try? PathPolicy.links(in: path)) ?? []).map { path + "/" + $0 }
    }
}

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

/// Which files some paths lead to at a moment.
///
/// Rules hold for the files that were there when they were made. Data that is renamed over an old file while a job
/// starts is another file, and cannot be read: the next attempt can.
package struct PathsSeen: Equatable {
    private let files: [String: [UInt64]]

    package init(_ paths: [String]) {
        files = Dictionary(
            paths.map { path in
                let status = FileSystem.status(path, followingLinks: true)
                return (path, status.map { [UInt64($0.st_dev), UInt64($0.st_ino)] } ?? [])
            }, uniquingKeysWith: { first, _ in first })
    }

    /// A path that leads elsewhere by now; nil where none does.
    package var moved: String? {
        let now = PathsSeen(Array(files.keys))
        return files.keys.sorted().first { files[$0] != now.files[$0] }
    }
}

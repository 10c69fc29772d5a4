import Foundation
import Manifests

/// A job's manifest: whoever may drop a file into the inbox writes it.
package struct ManifestTarget: FuzzTarget {
    package static let name = "manifest"

    private let scratch: ScratchFolder
    private let policy: PathPolicy
    private let root: String

    /// A working folder with links that lead out of its only allowed root.
    package init() throws {
        scratch = try ScratchFolder()
        root = scratch.path + "/data"
        let files = FileManager.default
        try files.createDirectory(atPath: root + "/deep", withIntermediateDirectories: true)
        try scratch.write(Array("{}\n".utf8), as: "data/train.jsonl")
        try scratch.write(Array("{}\n".utf8), as: "secret")
        try files.createSymbolicLink(atPath: root + "/link", withDestinationPath: "../secret")
        try files.createSymbolicLink(atPath: root + "/deep/up", withDestinationPath: "/etc")
        policy = PathPolicy(workingFolder: scratch.path, roots: ["data"])
    }

    package func check(_ bytes: [UInt8]) throws {
        let pipelines = scratch.path + "/pipelines"
        let document = try accepted {
            do {
                return try ManifestDocument.load(bytes: bytes, file: "job.yaml", pipelinesFolder: pipelines)
            } catch let error as ManifestsError where error.code == .invalid {
                try checkPlaces(error.mistakes)
                throw error
            }
        }
        guard let document else { return }
        let text = document.manifest.yaml()
        let again = try accepted {
            try JobManifest.load(text: text, file: "job.yaml", pipelinesFolder: pipelines)
        }
        try require(again == document.manifest, "the manifest as run does not read back as itself:\n\(text)")
        let name = document.manifest.name
        try require(!name.isEmpty && !name.hasPrefix(".") && !name.contains("/"), "'\(name)' is to name a folder")
        try checkOverride(bytes, pipelines)
        try checkPaths(document.manifest)
        try checkPlaces(policy.check(document))
    }

    /// A value that `lorad submit --set` changes is changed, and the rest is still a manifest.
    private func checkOverride(_ bytes: [UInt8], _ pipelines: String) throws {
        let overrides = [try Override("name=changed-7"), try Override("training.max_steps=17")]
        guard let text = try accepted({ try Override.edit(bytes: bytes, file: "job.yaml", overrides: overrides) })
        else { throw FuzzViolation(message: "a manifest that loads cannot be changed") }
        let changed = try accepted {
            try JobManifest.load(text: text, file: "job.yaml", pipelinesFolder: pipelines)
        }
        // One that has `epochs` may not have `max_steps` as well.
        guard let changed else { return }
        try require(
            changed.name == "changed-7" && changed.training.maxSteps == 17, "a changed value is not there:\n\(text)")
    }

    private func checkPlaces(_ diagnostics: [Diagnostic]) throws {
        for diagnostic in diagnostics {
            try require(
                diagnostic.line > 0 && diagnostic.column > 0 && diagnostic.message.count > 5,
                "a mistake without a place or a message: \(diagnostic)")
        }
    }

    /// No path resolves to a file outside the root.
    private func checkPaths(_ manifest: JobManifest) throws {
        let paths =
            [
                manifest.base.path, manifest.dataset.validation, manifest.evaluation.data, manifest.regression.prompts,
            ] + manifest.dataset.train.paths
        for path in paths.compactMap({ $0 }) {
            guard let resolved = try accepted({ try policy.resolve(path) }) else { continue }
            guard let real = realpath(resolved, nil) else { continue }
            defer { free(real) }
            let name = String(cString: real)
            try require(name == root || name.hasPrefix(root + "/"), "'\(path)' led to \(name), outside \(root)")
        }
    }
}

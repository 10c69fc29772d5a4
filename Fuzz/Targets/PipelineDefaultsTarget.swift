import Foundation
import Manifests

/// A pipeline's file, under a manifest that names it and says as little as it may.
package struct PipelineDefaultsTarget: FuzzTarget {
    package static let name = "pipeline-defaults"

    private static let manifest = """
        name: own
        pipeline: fuzzed
        base: {path: base, sha256: \(String(repeating: "0", count: 64))}
        dataset: data.jsonl

        """

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        try scratch.write(bytes, as: "fuzzed.yaml")
        let manifest = try accepted {
            do {
                return try JobManifest.load(text: Self.manifest, file: "job.yaml", pipelinesFolder: scratch.path)
            } catch let error as ManifestsError where error.code == .invalid {
                for mistake in error.mistakes {
                    try require(mistake.line > 0 && mistake.column > 0, "a mistake without a place: \(mistake)")
                }
                throw error
            }
        }
        guard let manifest else { return }
        try require(
            manifest.name == "own" && manifest.dataset.train == "data.jsonl", "a pipeline won over its manifest")
        let text = manifest.yaml()
        let again = try accepted {
            try JobManifest.load(text: text, file: "job.yaml", pipelinesFolder: scratch.path)
        }
        try require(again == manifest, "the manifest as run does not read back as itself:\n\(text)")
    }
}

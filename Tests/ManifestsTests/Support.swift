import Foundation
import Manifests

/// The repository's root, three folders above this file.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
let pipelines = repository.appendingPathComponent("pipelines").path
let fixtures = repository.appendingPathComponent("Tests/Fixtures/manifests")

let hash = String(repeating: "0123456789abcdef", count: 4)
let shortest = "name: tiny\nbase: {path: base.gguf, sha256: \(hash)}\ndataset: train.jsonl\n"

/// The manifest of a text; throws with its mistakes.
func load(_ text: String, overrides: [String] = []) throws -> JobManifest {
    try JobManifest.load(
        text: text, file: "job.yaml", pipelinesFolder: pipelines, overrides: overrides.map { try Override($0) })
}

/// The mistakes of a text, as they are printed; empty where it has none.
func mistakes(_ text: String, overrides: [String] = []) -> [String] {
    mistakes(bytes: Array(text.utf8), overrides: overrides)
}

func mistakes(bytes: [UInt8], overrides: [String] = []) -> [String] {
    do {
        _ = try ManifestDocument.load(
            bytes: bytes, file: "job.yaml", pipelinesFolder: pipelines, overrides: overrides.map { try Override($0) })
        return []
    } catch let error as ManifestsError {
        return error.mistakes.map(\.description)
    } catch {
        return ["\(error)"]
    }
}

/// A folder that is gone when the test ends.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("manifests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String = "x") throws {
        let url = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }
}

/// SplitMix64, so that a failing seed can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

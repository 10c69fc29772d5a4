import Foundation
import Worker

/// What the worker takes from the process that reads manifests, which a hostile one may have taken over.
package struct IntakeAnswerTarget: FuzzTarget {
    package static let name = "intake-answer"

    package init() {}

    package func check(_ bytes: [UInt8]) throws {
        guard let answer = IntakeAnswer.read(String(decoding: bytes, as: UTF8.self)) else { return }
        switch answer {
        case .ready, .outdated, .reading: break
        case .inspected(let inspection): try check(inspection)
        case .prepared(let manifest):
            try require(manifest.text.utf8.count <= ManifestFile.largestSize + 256, "a manifest of any size")
            try check(paths: manifest.unstamped?.inputs ?? [])
        case .compared(let difference, let hashes):
            try check([difference].compactMap { $0 })
            try require((hashes?.utf8.count ?? 0) <= 1 << 20, "hashes of any size")
        case .failed(let lines): try check(lines)
        }
    }

    private func check(_ inspection: Inspection) throws {
        let file = inspection.file
        try require(file.text.utf8.count <= ManifestFile.largestSize, "a manifest's text of any size")
        try require(file.text.isEmpty == (file.mistake != nil), "a file is a manifest and is none")
        switch inspection.verdict {
        case .accepted(let name, let notify, _, let inputs, _, _):
            try require(!name.isEmpty && name.utf8.count <= 256, "a name of \(name.utf8.count) bytes")
            try check(notify ?? [])
            try check(paths: inputs)
        case .rejected(let lines): try check(lines)
        case nil: try require(file.mistake != nil, "a manifest without a verdict")
        }
    }

    private func check(paths: [String]) throws {
        try require(paths.reduce(0) { $0 + $1.utf8.count } <= 1 << 18, "paths of any length")
    }

    private func check(_ lines: [String]) throws {
        try require(lines.count <= 500, "\(lines.count) lines")
        try require(lines.allSatisfy { $0.utf8.count <= 2_048 }, "a line of any length")
    }
}

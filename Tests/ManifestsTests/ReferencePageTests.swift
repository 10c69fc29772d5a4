import Foundation
import Manifests
import TestSupport
import Testing

@Suite("docs/manifest.md") struct ReferencePageTests {
    @Test("Every key stands in the page with the schema's type, default and meaning")
    func complete() throws {
        let url = repository.appendingPathComponent("docs/manifest.md")
        let halves = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n## `lorad.yaml`\n")
        try #require(halves.count == 2)
        try #require(JobManifest.reference.count > 100 && WorkerConfiguration.reference.count > 40)
        for (half, keys) in try paired(halves, [JobManifest.reference, WorkerConfiguration.reference]) {
            let lines = half.split(separator: "\n").map(String.init)
            for key in keys {
                let row = "| `\(key.path)` | \(key.type) | \(key.standard) | \(key.meaning) |"
                #expect(lines.count { $0 == row } >= 1, "missing row: \(row)")
            }
            // A row of the other half's key, or of a key that there is no more.
            let known = Set(keys.map(\.path))
            for line in lines where line.hasPrefix("| `") && line.split(separator: "|").count == 4 {
                let path = line.split(separator: "`")[1]
                #expect(known.contains(String(path)), "no such key in this half: \(line)")
            }
        }
    }
}

import Foundation
import Manifests
import Testing

@Suite("docs/manifest.md") struct ReferencePageTests {
    @Test("Every key stands in the page with the schema's type, default and meaning")
    func complete() throws {
        let url = repository.appendingPathComponent("docs/manifest.md")
        let lines = Set(try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init))
        for key in JobManifest.reference + WorkerConfiguration.reference {
            let row = "| `\(key.path)` | \(key.type) | \(key.standard) | \(key.meaning) |"
            #expect(lines.contains(row), "missing row: \(row)")
        }
    }
}

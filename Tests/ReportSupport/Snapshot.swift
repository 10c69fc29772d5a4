import Foundation
import Testing

/// Compares a text with the one recorded in Tests/Fixtures/report. A missing snapshot is recorded, and the test fails so
/// that a person looks at it; to accept a change, delete the file and run the tests twice.
package enum Snapshot {
    package static func expect(
        _ text: String, matches name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/report")
            .standardized
        let file = folder.appending(path: name)
        guard let recorded = try? String(contentsOf: file, encoding: .utf8) else {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record("There was no snapshot \(name); it is recorded now.", sourceLocation: sourceLocation)
            return
        }
        guard recorded != text else { return }
        let (old, new) = (recorded.split(separator: "\n"), text.split(separator: "\n"))
        let line =
            zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(old.count, new.count)
        Issue.record(
            """
            \(name) differs from its snapshot at line \(line + 1):
            recorded: \(line < old.count ? old[line].prefix(200) : "(end)")
            now:      \(line < new.count ? new[line].prefix(200) : "(end)")
            """, sourceLocation: sourceLocation)
    }
}

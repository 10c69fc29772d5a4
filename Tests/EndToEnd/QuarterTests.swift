import Foundation
import TestSupport
import Testing

/// `scripts/quarter` in its short form: thirteen weeks with a base update, a worse week, a rollback, a cut-off file of data
/// and an altered adapter, after which every alias follows from its history and every run verifies.
@Suite("A quarter of weekly jobs")
struct QuarterTests {
    private static let python = "/usr/bin/python3"

    @Test(
        "Every alias is explicable from its history, and every run verifies",
        .enabled(if: FileManager.default.isExecutableFile(atPath: Self.python), "it is a script of Python's"))
    func quarter() throws {
        try withTemporaryFolder { folder in
            let process = try RunningProcess(
                Self.python, ["\(Fixtures.root)/scripts/quarter", "--tiny", "--keep", "\(folder)/quarter"],
                folder: folder, environment: ["LORAD": LoradProcess.binary])
            let outcome = try process.wait(within: 900)
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.contains("3 aliases follow from "))
        }
    }
}

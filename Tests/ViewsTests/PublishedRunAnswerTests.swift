import Foundation
import Publication
import ReportSupport
import Reports
import Testing
import Views

@Suite("lorad runs --json")
struct PublishedRunAnswerTests {
    private func run(_ outbox: String, day: Int, accuracy: Double?, _ status: RunStatus = .succeeded) throws {
        var report = SampleReport.succeeded()
        report.status = status
        report.provenance.startedAt += Double(day) * 86_400
        report.gates = []
        report.slices = []
        if let accuracy {
            report.slices = [
                SliceReport(
                    name: "all", rows: 10, base: SliceScore(loss: 1, accuracy: 0.5, rows: 10),
                    adapter: SliceScore(loss: 1, accuracy: accuracy, rows: 10))
            ]
        }
        let staging = try RunStaging.begin(
            outbox: outbox, name: "sentiment",
            run: RunIdentifier(startedAt: report.provenance.startedAt, manifest: Data("name: sentiment\n".utf8)))
        try ReportCoding.encode(report).write(to: URL(filePath: staging.folder + "/report.json"))
        _ = try staging.publish(status)
    }

    @Test("A change is that from the succeeded run before, and absent where that has no such figure")
    func change() throws {
        let outbox = FileManager.default.temporaryDirectory.appendingPathComponent("outbox-\(UUID())").path
        try FileManager.default.createDirectory(atPath: outbox, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: outbox) }
        try run(outbox, day: 0, accuracy: 0.7)
        try run(outbox, day: 1, accuracy: 0.1, .failed)
        try run(outbox, day: 2, accuracy: 0.75)
        try run(outbox, day: 3, accuracy: nil)
        try run(outbox, day: 4, accuracy: 0.8)
        let answers = PublishedRunAnswer.all(try OutboxRun.list(outbox: outbox, name: nil))
        #expect(answers.map(\.value) == [0.8, nil, 0.75, 0.1, 0.7])
        #expect(answers.map { $0.change.map { ($0 * 100).rounded() } } == [nil, nil, 5, -60, nil])
        #expect(answers.map(\.isScored) == [true, false, true, true, true])
        #expect(answers.map(\.isLatest) == [true, false, false, false, false])
        let json = String(decoding: try JSONEncoder().encode(answers[2]), as: UTF8.self)
        for key in ["run_dir", "finished_at", "scored", "latest", "bytes"] { #expect(json.contains("\"\(key)\"")) }
    }
}

import Foundation
import GRDB
import Manifests
import TestSupport
import Testing
import Worker

@Suite("A worker's own schedule")
struct WorkerScheduleTests {
    /// A worker whose entry came due a moment ago, by what the ledger says.
    private func bench(_ manifest: String?, dueAgo seconds: Double) throws -> (WorkerBench, due: Date) {
        let bench = try WorkerBench()
        let due = Date(timeIntervalSince1970: ((Date().timeIntervalSince1970 - seconds) / 60).rounded(.down) * 60)
        if let manifest { try bench.folder.write(manifest, to: "night.yaml") }
        return (bench, due)
    }

    private func settings(_ bench: WorkerBench, due: Date) throws -> WorkerSettings {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.hour, .minute], from: due)
        let text = """
            allowed_roots: [\(bench.folder.path)]
            schedule:
              - {name: nightly, cron: "\(parts.minute ?? 0) \(parts.hour ?? 0) * * *", time_zone: UTC, manifest: \(bench.folder.path)/night.yaml}
            """
        var settings = bench.settings
        settings.configuration = try WorkerConfiguration.load(bytes: Array(text.utf8), file: "lorad.yaml")
        let entry = ScheduleEntry(settings.configuration.schedule[0])
        try bench.ledger().beginSchedule(entry.name, rule: entry.rule, at: due - 3_600)
        return settings
    }

    private func watch(_ settings: WorkerSettings, until condition: () throws -> Bool) throws {
        let stop = try StopRequest()
        let worker = Worker(settings)
        let thread = Thread { _ = try? worker.watch(tools: FakeRunner().tools, once: false, stop: stop) }
        thread.start()
        #expect(try eventually(condition))
        stop.request()
        #expect(eventually { thread.isFinished })
    }

    @Test(
        "What came due while nobody was there is submitted once, under the time it was due, however often it restarts")
    func once() throws {
        let (bench, due) = try bench("name: night\n", dueAgo: 3_600)
        let settings = try settings(bench, due: due)
        for _ in 0..<3 {
            try watch(settings) { try bench.ledger().jobs().count == 1 && bench.ledger().jobs()[0].state.isFinal }
        }
        let job = try #require(try bench.ledger().jobs().first)
        let stamp = due.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
        #expect(job.manifestFile == "night-\(stamp.lowercased().dropLast(3))z.yaml")
        #expect(try bench.ledger().scheduledRuns().map(\.state) == [.submitted])
    }

    @Test("A worker that died between submitting and noting it does not submit again, wherever the manifest is by now")
    func between() throws {
        let (bench, due) = try bench("name: night\n", dueAgo: 3_600)
        let settings = try settings(bench, due: due)
        try watch(settings) { try bench.ledger().jobs().first?.state.isFinal == true }
        // As if it had died before the second of its two notes.
        try DatabaseQueue(path: bench.folder.path + "/state/ledger.sqlite").write {
            try $0.execute(sql: "UPDATE scheduled_runs SET state = 'decided'")
        }
        try watch(settings) { try bench.ledger().scheduledRuns(.decided).isEmpty }
        #expect(try bench.ledger().jobs().count == 1)
        #expect(try bench.ledger().scheduledRuns().map(\.state) == [.submitted])
    }

    @Test("A manifest that is not there is told of and noted as failed")
    func missing() throws {
        let (bench, due) = try bench(nil, dueAgo: 3_600)
        try watch(try settings(bench, due: due)) { try bench.ledger().scheduledRuns(.failed).count == 1 }
        #expect(bench.log.contains { $0.contains("schedule nightly: failed") && $0.contains("night.yaml") })
        #expect(try bench.ledger().jobs().isEmpty)
    }

    @Test("watch --once leaves the schedule alone")
    func drained() throws {
        let (bench, due) = try bench("name: night\n", dueAgo: 3_600)
        let settings = try settings(bench, due: due)
        _ = try Worker(settings).watch(tools: FakeRunner().tools, once: true, stop: StopRequest())
        #expect(try bench.ledger().scheduledRuns().isEmpty)
    }
}

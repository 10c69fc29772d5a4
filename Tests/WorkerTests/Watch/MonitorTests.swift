import Foundation
import LedgerSupport
import Manifests
import OperatingSystem
import TestSupport
import Testing
import Webhooks
import Worker

@Suite("Health and metrics")
struct MonitorTests {
    @Test("Every line is of Prometheus' text format, and each metric has its help and type before its samples")
    func format() throws {
        var text = PrometheusText()
        text.add("a_total", .counter, "Help with \\ and\nlines.", 3)
        text.add(
            "b", .gauge, "B.", [.init(1.5, ["name": "x \"y\" \\ \n z", "other": "é"]), .init(.nan), .init(.infinity)])
        text.add("none", .gauge, "Nothing.", [])
        #expect(
            text.text == """
                # HELP a_total Help with \\\\ and\\nlines.
                # TYPE a_total counter
                a_total 3
                # HELP b B.
                # TYPE b gauge
                b{name="x \\"y\\" \\\\ \\n z",other="é"} 1.5
                b NaN
                b +Inf

                """)
    }

    @Test("The figures are those of the ledger: queue, running, retries, rescues, hooks, schedule")
    func figures() throws {
        let hooks = [Hook(name: "chat", kind: .slack, url: .environment("U"), events: [.queued])]
        let bench = try LedgerBench(announcer: Announcer(hooks: hooks))
        for id in ["a", "b", "c"] { try bench.admit(id) }
        _ = try bench.take(as: bench.deadWorker)
        _ = try bench.recover()
        _ = try bench.take()
        let first = try #require(try bench.ledger.deliveries().first)
        try bench.ledger.recordAttempt(first.id, hook: "chat", result: "answered 500", verdict: .tryAgain(at: Date()))
        try bench.ledger.recordAttempt(first.id, hook: "chat", result: "answered 410", verdict: .disableHook)
        let values = try Self.values(metrics(bench).text(now: Date() + 100))
        #expect(values["lorad_queue_depth"] == 2)
        #expect(values["lorad_jobs_running"] == 1)
        #expect(values["lorad_jobs{state=\"running\"}"] == 1 && values["lorad_jobs{state=\"failed\"}"] == 0)
        #expect(values["lorad_job_retries_total"] == 1 && values["lorad_job_rescues_total"] == 1)
        #expect((99...130).contains(values["lorad_queue_oldest_age_seconds"] ?? 0))
        #expect((99...130).contains(values["lorad_running_oldest_age_seconds"] ?? 0))
        #expect(values["lorad_webhook_failures_total{hook=\"chat\"}"] == 2)
        #expect(values["lorad_webhook_deliveries{hook=\"chat\",state=\"abandoned\"}"] == 3)
        #expect(values["lorad_webhook_disabled{hook=\"chat\"}"] == 1)
        #expect(values["lorad_scheduled_runs_total{result=\"submitted\"}"] == 0)
        #expect((values["process_resident_memory_bytes"] ?? 0) > 1e6)
        #expect((values["lorad_disk_free_bytes{folder=\"state\"}"] ?? 0) > 0)
    }

    @Test("Exports that follow promotions are counted by entry, with the oldest that waits and how often one failed")
    func exports() throws {
        let bench = try LedgerBench()
        #expect(try Self.values(metrics(bench).text()).keys.allSatisfy { !$0.hasPrefix("lorad_export") })
        for name in ["a", "b", "c"] {
            try bench.ledger.want(entry: "e", label: "served", name: name, target: .version(1))
        }
        let records = try bench.ledger.followUps()
        try bench.ledger.finish(records[0], result: "1 file", telling: [], alias: "a@champion")
        for _ in 0..<2 { try bench.ledger.postpone(records[1], until: Date() + 60, result: "too warm") }
        let values = try Self.values(metrics(bench).text(now: Date() + 100))
        #expect(values["lorad_exports{entry=\"served\",state=\"pending\"}"] == 2)
        #expect(values["lorad_exports{entry=\"served\",state=\"done\"}"] == 1)
        #expect(values["lorad_export_failures{entry=\"served\"}"] == 2)
        #expect((99...130).contains(values["lorad_export_oldest_pending_age_seconds{entry=\"served\"}"] ?? 0))
    }

    @Test("The pages are served on 127.0.0.1 to those who ask for it by that name")
    func pages() async throws {
        let bench = try LedgerBench()
        let server = try MonitorServer(
            port: 0,
            // Longer than this test can be kept waiting by others.
            metrics: metrics(bench), pulse: Pulse(), stalledAfter: 3_600)
        try server.start()
        defer { server.stop() }
        let port = try #require(server.listeningPort)
        #expect(try await ask(port, "/healthz").hasPrefix("HTTP/1.1 200"))
        let metrics = try await ask(port, "/metrics", host: "localhost:\(port)")
        #expect(metrics.hasPrefix("HTTP/1.1 200") && metrics.contains("text/plain; version=0.0.4"))
        #expect(metrics.contains("\nlorad_queue_depth 0\n"))
        #expect(try await ask(port, "/secrets").hasPrefix("HTTP/1.1 404"))
        #expect(try await ask(port, "/metrics", method: "POST").hasPrefix("HTTP/1.1 405"))
        #expect(try await ask(port, "/metrics", host: "evil.example").hasPrefix("HTTP/1.1 403"))
    }

    @Test("A loop that no longer turns is not healthy")
    func stalled() async throws {
        let bench = try LedgerBench()
        let server = try MonitorServer(port: 0, metrics: metrics(bench), pulse: Pulse(), stalledAfter: 0)
        try server.start()
        defer { server.stop() }
        let port = try #require(server.listeningPort)
        let answer = try await ask(port, "/healthz")
        #expect(answer.hasPrefix("HTTP/1.1 503") && answer.contains("has not turned"))
    }

    private func metrics(_ bench: LedgerBench) throws -> Metrics {
        let path = bench.folder.path
        let settings = WorkerSettings(inbox: path + "/in", outbox: path + "/out", state: path)
        return Metrics(ledger: bench.ledger, folders: try WorkerFolders(settings), pulse: Pulse())
    }

    /// Reads the format, refusing what Prometheus would.
    private static func values(_ text: String) throws -> [String: Double] {
        var values: [String: Double] = [:]
        var described: [String] = []
        for line in text.split(separator: "\n") {
            if let match = line.wholeMatch(of: /# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge)/) {
                #expect(described.last == "help " + match.1)
                described.append(String(match.1))
            } else if let match = line.wholeMatch(of: /# HELP ([a-z_:][a-z0-9_:]*) .+/) {
                #expect(!described.contains(String(match.1)))
                described.append("help " + match.1)
            } else {
                let sample = /(([a-z_:][a-z0-9_:]*)(?:\{[a-z_]+="[^"\n]*"(?:,[a-z_]+="[^"\n]*")*\})?) (\S+)/
                let match = try #require(line.wholeMatch(of: sample), "\(line)")
                #expect(described.last == String(match.2))
                #expect(values.updateValue(try #require(Double(match.3)), forKey: String(match.1)) == nil)
            }
        }
        #expect(text.hasSuffix("\n"))
        return values
    }
}

import Foundation
import Ledger
import LedgerSupport
import Manifests
import OperatingSystem
import Pipeline
import Registry
import ReportSupport
import Reports
import Synchronization
import Testing
import Webhooks
import Worker

/// Makes a file in the place of an export, or fails as often as it is told.
private final class FakeExporter: Exporter {
    private struct State {
        var orders: [ExportOrder] = []
        var failures = 0
    }
    private let state = Mutex(State())

    var orders: [ExportOrder] { state.withLock { $0.orders } }
    func fail(_ times: Int) { state.withLock { $0.failures = times } }

    func export(_ order: ExportOrder, isWanted: () -> Bool) throws -> String {
        let fails = state.withLock { state in
            state.orders.append(order)
            state.failures -= 1
            return state.failures >= 0
        }
        if fails { throw WorkerError(.export, "The base is too warm.") }
        try FileManager.default.createDirectory(atPath: order.output, withIntermediateDirectories: true)
        return "1 file"
    }
}

@Suite("What follows a promotion")
struct FollowUpTests {
    /// An outbox with three versions of a name, and a worker's settings that follow its champion.
    private final class Bench: Sendable {
        let worker: WorkerBench
        let ledger: Ledger
        let registry: Registry
        let exporter = FakeExporter()
        let settings: Mutex<WorkerSettings>

        init(hooks: [Hook] = [], change: (inout FollowUpConfiguration) -> Void = { _ in }) throws {
            var entry = FollowUpConfiguration()
            (entry.name, entry.base, entry.notify) = ("serving", "base", hooks.map(\.name))
            let bench = try WorkerBench(hooks: hooks)
            entry.output = bench.folder.path + "/served"
            change(&entry)
            for day in 1...3 {
                let folder = "outbox/tiny/" + String(format: "202611%02dT000000Z-%08x", day, day)
                try FileManager.default.createDirectory(
                    atPath: "\(bench.folder.path)/\(folder)", withIntermediateDirectories: true)
                let report = try ReportCoding.encode(SampleReport.succeeded())
                try bench.folder.write(String(decoding: report, as: UTF8.self), to: "\(folder)/report.json")
                try bench.folder.write("", to: "\(folder)/SHA256SUMS")
                try bench.folder.write(
                    String(format: "%064x  adapter_model.safetensors\n", day), to: "\(folder)/SHA256SUMS")
            }
            var settings = bench.settings
            settings.configuration.afterPromote = [entry]
            self.settings = Mutex(settings)
            worker = bench
            ledger = try bench.ledger()
            registry = Registry(ledger: ledger, outbox: "\(bench.folder.path)/outbox", announcer: NobodyTold())
            _ = try registry.follow("tiny")
        }

        func followUps(_ exporter: (any Exporter)? = nil) -> FollowUps {
            FollowUps(
                ledger: ledger, registry: registry,
                announcer: Announcer(hooks: worker.settings.hooks), exporter: exporter ?? self.exporter,
                current: { [self] in settings.withLock { $0 } })
        }

        func lead(_ target: AliasTarget) throws {
            let from = try ledger.aliases(of: "tiny").first { $0.alias == "champion" }?.target
            _ = try ledger.move(
                [AliasChange("champion", from: from, to: target)], of: "tiny", by: "ann", announcer: NobodyTold())
        }

        func change(_ body: (inout FollowUpConfiguration) -> Void) {
            settings.withLock { body(&$0.configuration.afterPromote[0]) }
        }

        var current: String? {
            try? FileManager.default.destinationOfSymbolicLink(atPath: worker.folder.path + "/served/tiny/current")
        }
        var served: [String] { (try? worker.folder.names("served/tiny"))?.filter { $0.hasPrefix("v") } ?? [] }
        var record: FollowUpRecord { get throws { try #require(try ledger.followUps().first) } }
    }

    @Test("The link leads to the champion's export, and to nothing where the champion is the bare base")
    func follows() throws {
        let bench = try Bench()
        let followUps = bench.followUps()
        followUps.round()
        // Nothing has been promoted yet.
        #expect(bench.exporter.orders.isEmpty && bench.current == nil)
        try bench.lead(.version(1))
        followUps.round()
        followUps.round()
        #expect(bench.exporter.orders.count == 1 && bench.current?.hasPrefix("v1-") == true)
        let order = try #require(bench.exporter.orders.first)
        #expect(order.name == "tiny" && order.base == "base" && order.form == .merged)
        #expect(order.adapter.hasSuffix("tiny/20261101T000000Z-00000001"))
        try bench.lead(.base)
        followUps.round()
        #expect(bench.current == nil && bench.served.count == 1)
        let record = try bench.record
        #expect(record.state == .done && record.target == .base && record.label == "serving")
    }

    @Test("A rollback to an export that stays writes nothing; older ones are removed")
    func keeps() throws {
        let bench = try Bench()
        let followUps = bench.followUps()
        for version in [1, 2, 1] {
            try bench.lead(.version(version))
            followUps.round()
        }
        #expect(bench.exporter.orders.count == 2 && bench.current?.hasPrefix("v1-") == true)
        try bench.lead(.version(3))
        followUps.round()
        #expect(bench.served.count == 2 && bench.served.contains { $0.hasPrefix("v3-") })
        bench.change { $0.keep = 0 }
        followUps.round()
        #expect(bench.served.count == 1 && bench.current == bench.served.first)
        // What was exported does not depend on how many others stay.
        #expect(bench.exporter.orders.count == 3)
    }

    @Test("A failure is kept and tried again, later each time, over restarts, and the alias stays")
    func retries() throws {
        let bench = try Bench()
        bench.exporter.fail(2)
        try bench.lead(.version(2))
        // The ledger keeps milliseconds.
        let start = Date(timeIntervalSince1970: 1_900_000_000)
        bench.followUps().round(now: start)
        var record = try bench.record
        #expect(record.state == .pending && record.attempts == 1 && record.lastResult == "The base is too warm.")
        let first = record.dueAt
        #expect(first > start)
        // Not due yet: nothing is tried.
        bench.followUps().round(now: start + 1)
        #expect(bench.exporter.orders.count == 1)
        bench.followUps().round(now: first + 1)
        record = try bench.record
        #expect(record.attempts == 2 && record.dueAt.timeIntervalSince(first) > first.timeIntervalSince(start))
        #expect(bench.current == nil)
        #expect(try bench.registry.known("tiny").target(of: "champion") == .version(2))
        bench.followUps().round(now: record.dueAt + 1)
        record = try bench.record
        #expect(record.state == .done && bench.current?.hasPrefix("v2-") == true)
    }

    @Test(
        "A move meanwhile is what counts: a failure before is forgotten, and an end of what was wanted before is none")
    func overtaken() throws {
        let bench = try Bench()
        bench.exporter.fail(1)
        try bench.lead(.version(1))
        bench.followUps().round()
        let old = try bench.record
        try bench.lead(.version(2))
        bench.followUps().round()
        #expect(try bench.record.attempts == 0 && bench.current?.hasPrefix("v2-") == true)
        try bench.ledger.postpone(old, until: Date() + 60, result: "late")
        try bench.ledger.finish(old, result: "late", telling: [], alias: "tiny@champion")
        #expect(try bench.record.lastResult == "1 file")
    }

    @Test("What was removed by hand, and what lorad.yaml asks for otherwise now, is made again")
    func mended() throws {
        let bench = try Bench()
        let followUps = bench.followUps()
        try bench.lead(.version(1))
        followUps.round()
        try FileManager.default.removeItem(atPath: bench.worker.folder.path + "/served/tiny/current")
        followUps.round()
        #expect(bench.current?.hasPrefix("v1-") == true && bench.exporter.orders.count == 1)
        bench.change { ($0.export, $0.type) = (.gguf, .q8) }
        followUps.round()
        #expect(bench.exporter.orders.count == 2 && bench.exporter.orders.last?.type == .q8)
        #expect(try bench.ledger.followUps().count == 1)
    }

    @Test("Names that an entry does not mean, and other aliases, are not followed")
    func patterns() throws {
        let bench = try Bench { $0.names = ["other-*"] }
        try bench.lead(.version(1))
        bench.followUps().round()
        #expect(bench.exporter.orders.isEmpty)
        bench.change { ($0.names, $0.alias) = (["ti*"], "candidate") }
        bench.followUps().round()
        #expect(bench.exporter.orders.isEmpty)
        #expect(try bench.ledger.followUps().isEmpty)
    }

    @Test("Hooks that an entry names are told once, of the link and of where it leads")
    func told() throws {
        let bench = try Bench(hooks: [Hook(name: "deploy", kind: .generic, url: .file("nowhere"))])
        try bench.lead(.version(1))
        bench.followUps().round()
        bench.followUps().round()
        let deliveries = try bench.ledger.deliveries()
        #expect(deliveries.map(\.event) == ["export.ready"] && deliveries.first?.alias == "tiny@champion")
        let body = try #require(deliveries.first).body
        let json = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        let data = try #require(json["data"] as? [String: Any])
        #expect(json["type"] as? String == "export.ready" && data["version"] as? Int == 1)
        #expect((data["current"] as? String)?.hasSuffix("/served/tiny/current") == true)
    }

    @Test("Something else in the link's place is left alone, and told")
    func inTheWay() throws {
        let bench = try Bench()
        try FileManager.default.createDirectory(
            atPath: bench.worker.folder.path + "/served/tiny/current", withIntermediateDirectories: true)
        try bench.lead(.version(1))
        bench.followUps().round()
        #expect(try bench.record.lastResult?.contains("is no link") == true)
    }

    @Test("What an exporter's forms and types are called is what the export knows")
    func names() {
        #expect(ExportForm.allCases.map(\.rawValue) == ExportTargets.all.map(\.name))
    }
}

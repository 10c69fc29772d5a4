import Executors
import Foundation
import Ledger
import LedgerSupport
import Manifests
import Synchronization
import TestSupport
import Testing
import Webhooks
import Worker

/// In the suite of the other tests that send this process a SIGHUP: one at a time.
extension ReloadTests {
    /// A worker whose hooks are replaced while it runs.
    private final class Reloading: Sendable {
        let bench: WorkerBench
        let request: ReloadRequest
        private let hooks: Box

        init(_ hooks: [Hook], environment: [String: String] = [:], retryWaits: [Double] = [0.05]) throws {
            var delivery = DeliverySettings.quick
            delivery.retryWaits = retryWaits
            let bench = try WorkerBench(hooks: hooks, environment: environment, delivery: delivery)
            let current = Box(hooks)
            self.bench = bench
            self.hooks = current
            let settings = bench.settings
            request = try ReloadRequest {
                var new = settings
                new.hooks = current.value.withLock { $0 }
                return (new, FakeRunner().tools)
            }
        }

        /// Replaces the hooks, and waits until the worker has said that it read them, or not.
        func reload(_ hooks: [Hook]) {
            self.hooks.value.withLock { $0 = hooks }
            let lines = bench.log.count
            kill(getpid(), SIGHUP)
            #expect(eventually { self.bench.log.dropFirst(lines).contains { $0.hasPrefix("lorad.yaml was") } })
        }

        func states() throws -> [DeliveryRecord.State] { try bench.ledger().deliveries().map(\.state) }
    }

    private final class Box: Sendable {
        let value: Mutex<[Hook]>
        init(_ hooks: [Hook]) { value = Mutex(hooks) }
    }

    private func hook(
        _ name: String, _ variable: String, kind: HookKind = .generic, events: Set<HookEvent> = [.succeeded]
    ) -> Hook {
        Hook(
            name: name, kind: kind, url: .environment(variable), events: events, allowHTTP: true, allowPrivate: true)
    }

    @Test("A hook that is added hears of what happens from then on, and one that is removed of nothing more")
    func added() throws {
        let (first, second) = (try WebhookServer(), try WebhookServer())
        defer { first.stop(); second.stop() }
        let old = hook("old", "A")
        let worker = try Reloading([old], environment: ["A": first.url, "B": second.url])
        let result = try worker.bench.whileWatching(FakeRunner(), reload: worker.request) {
            try worker.bench.submit(["a": "succeed"])
            #expect(eventually { first.requests.count == 1 })
            worker.reload([old, hook("new", "B")])
            try worker.bench.submit(["b": "succeed"])
            #expect(eventually { first.requests.count == 2 && second.requests.count == 1 })
            // A hook that is gone before its answer was written down is not asked for it again.
            let isToldBefore = try eventually { try worker.states().allSatisfy { $0 == .delivered } }
            #expect(isToldBefore)
            worker.reload([hook("new", "B")])
            try worker.bench.submit(["c": "succeed"])
            #expect(eventually { second.requests.count == 2 })
            let isRecorded = try eventually { try worker.states().allSatisfy { $0 == .delivered } }
            #expect(isRecorded)
        }
        #expect(first.requests.count == 2)
        #expect(result.pendingDeliveries == 0)
        let names = second.requests.compactMap { ($0.json["data"] as? [String: Any])?["name"] as? String }
        #expect(names == ["b", "c"])
    }

    @Test("What waits for a removed hook is given up, an attempt under way too, and is sent on request once it is back")
    func removed() throws {
        let server = try WebhookServer([.hang])
        defer { server.stop() }
        let gone = hook("gone", "A", events: [.queued, .succeeded])
        let worker = try Reloading([gone], environment: ["A": server.url], retryWaits: [600])
        let result = try worker.bench.whileWatching(FakeRunner(), reload: worker.request) {
            try worker.bench.submit(["a": "succeed"])
            #expect(try eventually { try worker.states() == [.pending, .pending] && server.requests.count == 1 })
            worker.reload([])
            #expect(try eventually { try worker.states() == [.abandoned, .abandoned] })
            let results = try worker.bench.ledger().deliveries().map(\.lastResult)
            #expect(results == Array(repeating: "the hook is not in lorad.yaml any more", count: 2))
            #expect(worker.bench.log.contains { $0.contains("'gone'") && $0.contains("2 waiting deliveries") })
            worker.reload([gone])
            #expect(try worker.bench.worker().replay(ids: [], hook: "gone").count == 2)
            #expect(try eventually { try worker.states() == [.delivered, .delivered] })
        }
        #expect(result.pendingDeliveries == 0)
        let types = server.requests.dropFirst().compactMap { $0.json["type"] as? String }
        #expect(types == ["job.queued", "job.succeeded"])
    }

    @Test("What waits for a hook that leads elsewhere now goes there at once, in order and with its ids")
    func moved() throws {
        let (broken, repaired) = (try WebhookServer([.status(500)]), try WebhookServer())
        defer { broken.stop(); repaired.stop() }
        let bad = hook("chat", "A", events: [.queued, .succeeded])
        let worker = try Reloading([bad], environment: ["A": broken.url, "B": repaired.url], retryWaits: [3_600])
        let result = try worker.bench.whileWatching(FakeRunner(), reload: worker.request) {
            try worker.bench.submit(["a": "succeed"])
            #expect(try eventually { try worker.bench.ledger().deliveries().map(\.attempts) == [1, 0] })
            // Read again as it was: nothing to hurry for.
            worker.reload([bad])
            worker.reload([hook("chat", "B", events: [.queued, .succeeded])])
            #expect(eventually { repaired.requests.count == 2 })
            // The server has a delivery before the ledger knows of it.
            let isRecorded = try eventually { try worker.states() == [.delivered, .delivered] }
            #expect(isRecorded)
        }
        #expect(broken.requests.count == 1 && result.pendingDeliveries == 0)
        #expect(repaired.requests.map { $0.json["type"] as? String } == ["job.queued", "job.succeeded"])
        #expect(broken.requests[0].headers["webhook-id"] == repaired.requests[0].headers["webhook-id"])
    }

    @Test("What was made for a hook of another kind is given up, and not replayed either")
    func otherKind() throws {
        let server = try WebhookServer([.status(500)])
        defer { server.stop() }
        let worker = try Reloading([hook("chat", "A")], environment: ["A": server.url], retryWaits: [3_600])
        _ = try worker.bench.whileWatching(FakeRunner(), reload: worker.request) {
            try worker.bench.submit(["a": "succeed"])
            #expect(try eventually { try worker.bench.ledger().deliveries().map(\.attempts) == [1] })
            worker.reload([hook("chat", "A", kind: .mattermost)])
            #expect(try eventually { try worker.states() == [.abandoned] })
            try worker.bench.submit(["b": "succeed"])
            #expect(try eventually { try worker.states() == [.abandoned, .delivered] })
        }
        #expect(server.requests.last?.json["text"] != nil)
        var settings = worker.bench.settings
        settings.hooks = [hook("chat", "A", kind: .mattermost)]
        let error = failure { try Worker(settings).replay(ids: [], hook: "chat") }
        #expect(error?.message.contains("generic") == true && error?.message.contains("mattermost") == true)
    }

    @Test("A hook whose URL cannot be read leaves all settings as they were, and says so without it")
    func unreadable() throws {
        let server = try WebhookServer()
        defer { server.stop() }
        let worker = try Reloading([hook("chat", "A")], environment: ["A": server.url, "BAD": "ftp://T0PSECRET"])
        _ = try worker.bench.whileWatching(FakeRunner(), reload: worker.request) {
            for bad in ["UNSET", "BAD"] { worker.reload([hook("other", bad)]) }
            let told = worker.bench.log.filter { $0.contains("was not taken") && $0.contains("'other'") }
            #expect(told.count == 2 && told[0].contains("UNSET") && !told[1].contains("T0PSECRET"))
            try worker.bench.submit(["a": "succeed"])
            #expect(eventually { server.requests.count == 1 })
        }
        #expect(try worker.bench.ledger().deliveries().map(\.hook) == ["chat"])
    }
}

@Suite("Hooks that are gone")
struct GoneHookTests {
    @Test("A worker that starts without a hook gives up what waits for it")
    func start() throws {
        let chat = Hook(name: "chat", kind: .generic, url: .environment("URL"), events: [.queued])
        let bench = try WorkerBench()
        var job = NewJob(id: "a", name: "a", manifestFile: "a.yaml", manifestText: "", manifestSHA256: "")
        job.mistakes = []
        let ledger = try bench.ledger()
        _ = try ledger.admit(job, announcer: Announcer(hooks: [chat]))
        job.id = "b"
        job.mistakes = nil
        job.manifestText = "succeed"
        _ = try ledger.admit(job, announcer: Announcer(hooks: [chat]))
        #expect(try ledger.deliveries().map(\.state) == [.pending])
        #expect(try bench.watchOnce().pendingDeliveries == 0)
        #expect(try ledger.deliveries().map(\.state) == [.abandoned])
        #expect(bench.log.contains { $0.contains("'chat'") && $0.contains("given up") })
    }

    @Test("A job whose manifest names a hook that went after it was admitted is not refused for that")
    func admitted() throws {
        let text =
            "name: a\nbase: {path: none, sha256: \(String(repeating: "a", count: 64))}\ndataset: none.jsonl\nnotify: [gone]\n"
        guard case .rejected(let mistakes) = ManifestReading.verdict(on: text, path: "a.yaml", WorkerConfiguration())
        else {
            Issue.record("it was accepted")
            return
        }
        #expect(mistakes.contains { $0.contains("\"gone\"") })
        let folder = try ScratchFolder()
        let request = JobRequest(
            id: "a", name: "a", manifestPath: "a.yaml", manifestText: text, workFolder: folder.path, attempt: 1)
        let runner = PipelineRunner(JobOrder(request, WorkerConfiguration()))
        let outcome = PipelineRunner.outcome(
            of: runner.result(shouldStop: { false }, mayPublish: { true }, report: { _ in }))
        #expect(!"\(outcome)".contains("gone"))
    }
}

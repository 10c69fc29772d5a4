import Foundation
import LedgerSupport
import Manifests
import TestSupport
import Testing
import Webhooks
import Worker

@Suite("Deliveries")
struct DeliveryTests {
    @Test("A job's events arrive in order, signed, each with an id of its own")
    func order() throws {
        let server = try WebhookServer()
        defer { server.stop() }
        let key = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
        let bench = try bench(server, secret: "KEY", environment: ["KEY": key])
        try bench.submit(["a": "succeed"])
        #expect(try bench.watchOnce().pendingDeliveries == 0)
        #expect(server.requests.map { $0.json["type"] as? String } == ["job.queued", "job.started", "job.succeeded"])
        #expect(Set(server.requests.compactMap { $0.headers["webhook-id"] }).count == 3)
        for request in server.requests {
            let id = try #require(request.headers["webhook-id"])
            let time = try #require(Int64(request.headers["webhook-timestamp"] ?? ""))
            let expected = try SigningKey(Secret(key), hook: "x").signature(
                id: id, timestamp: time, payload: request.body)
            #expect(request.headers["webhook-signature"] == expected)
            #expect(request.headers["content-type"] == "application/json")
        }
    }

    @Test(
        "An answer other than 2xx, a closed connection and a silent server are tried again with the same id",
        arguments: [WebhookServer.Reply.status(500), .status(302, headers: ["Location: /elsewhere"]), .close, .hang])
    func again(reply: WebhookServer.Reply) throws {
        let server = try WebhookServer([reply])
        defer { server.stop() }
        var delivery = DeliverySettings.quick
        // Whoever must be waited for in vain is waited for briefly, and yet for long enough to answer the second time.
        if case .hang = reply { delivery.timeout = 3 } else { delivery.timeout = 60 }
        let bench = try bench(server, events: [.succeeded], delivery: delivery)
        try deliverAll(bench, ["a": "succeed"])
        #expect(server.requests.count == 2)
        #expect(server.requests.allSatisfy { $0.line.contains("/services/") })
        #expect(Set(server.requests.compactMap { $0.headers["webhook-id"] }).count == 1)
        #expect(try bench.ledger().deliveries().map(\.attempts) == [2])
    }

    @Test("No later message overtakes one that is being retried")
    func noOvertaking() throws {
        let server = try WebhookServer([.status(500), .status(500)])
        defer { server.stop() }
        let bench = try bench(server)
        try deliverAll(bench, ["a": "fail"])
        let types = server.requests.compactMap { $0.json["type"] as? String }
        #expect(types == ["job.queued", "job.queued", "job.queued", "job.started", "job.failed"])
    }

    @Test("Retry-After is waited for")
    func retryAfter() throws {
        let server = try WebhookServer([.status(429, headers: ["Retry-After: 3600"])])
        defer { server.stop() }
        let bench = try bench(server, events: [.succeeded])
        try bench.submit(["a": "succeed"])
        #expect(try bench.watchOnce().pendingDeliveries == 1)
        let delivery = try #require(try bench.ledger().deliveries().first)
        #expect(delivery.dueAt.timeIntervalSinceNow > 3_500)
        #expect(bench.log.contains { $0.contains("1 webhook deliveries are left") || $0.contains("left for the next") })
    }

    @Test("A Retry-After that is a date is waited for until then")
    func retryAfterDate() throws {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let until = Date() + 7_200
        let server = try WebhookServer([.status(503, headers: ["Retry-After: " + format.string(from: until)])])
        defer { server.stop() }
        let bench = try bench(server, events: [.succeeded])
        try bench.submit(["a": "succeed"])
        #expect(try bench.watchOnce().pendingDeliveries == 1)
        let due = try #require(try bench.ledger().deliveries().first).dueAt
        #expect(abs(due.timeIntervalSince(until)) < 5)
    }

    @Test("A message that would wait longer than any wait lasts is sent: the clock was set back")
    func clockSetBack() throws {
        let server = try WebhookServer([.status(500)])
        defer { server.stop() }
        var patient = DeliverySettings.quick
        patient.retryWaits = [600, 600]
        let bench = try bench(server, events: [.succeeded], delivery: patient)
        try bench.submit(["a": "succeed"])
        #expect(try bench.watchOnce().pendingDeliveries == 1)
        // As if that had been recorded before the clock went back by ten years.
        let ledger = try bench.ledger()
        let delivery = try #require(try ledger.deliveries().first)
        try ledger.recordAttempt(delivery.id, hook: "chat", result: "", verdict: .tryAgain(at: Date() + 3_650 * 86_400))
        _ = try bench.whileWatching(FakeRunner()) {
            let isDelivered = try eventually { try ledger.deliveries().map(\.state) == [.delivered] }
            #expect(isDelivered)
        }
    }

    @Test("While secrets rotate a message carries a signature by each")
    func rotation() throws {
        let server = try WebhookServer()
        defer { server.stop() }
        let keys = [7, 8].map { "whsec_" + Data(repeating: $0, count: 32).base64EncodedString() }
        let bench = try bench(
            server, events: [.queued], secret: "KEY", environment: ["KEY": keys.joined(separator: " ")])
        try deliverAll(bench, ["a": "succeed"])
        let request = try #require(server.requests.first)
        let id = try #require(request.headers["webhook-id"])
        let time = try #require(Int64(request.headers["webhook-timestamp"] ?? ""))
        let expected = try keys.map {
            try SigningKey(Secret($0), hook: "x").signature(id: id, timestamp: time, payload: request.body)
        }
        #expect(request.headers["webhook-signature"] == expected.joined(separator: " "))
    }

    @Test("A hook behind a proxy is reached through it, by the name that only the proxy can resolve")
    func proxy() throws {
        let server = try WebhookServer()
        defer { server.stop() }
        let hook = Hook(
            name: "chat", kind: .generic, url: .environment("URL"), events: [.queued],
            proxy: .environment("PROXY"), allowHTTP: true)
        let environment = [
            "URL": "http://hooks.invalid/services/T0PSECRETPATH", "PROXY": "http://127.0.0.1:\(server.port)",
            "no_proxy": "*",
        ]
        let bench = try WorkerBench(hooks: [hook], environment: environment)
        try deliverAll(bench, ["a": "succeed"])
        #expect(server.requests.map(\.line) == ["POST http://hooks.invalid/services/T0PSECRETPATH HTTP/1.1"])
    }

    @Test(
        "A proxy is no way to an address that the hook may not reach, however it is spelled",
        arguments: ["127.0.0.1", "0x7f.1", "017700000001", "[::ffff:10.0.0.1]", "169.254.169.254"])
    func proxyToPrivate(host: String) throws {
        let server = try WebhookServer()
        defer { server.stop() }
        let hook = Hook(
            name: "chat", kind: .generic, url: .environment("URL"), events: [.queued],
            proxy: .environment("PROXY"), allowHTTP: true)
        var delivery = DeliverySettings.quick
        delivery.retryWaits = []
        let environment = ["URL": "http://\(host)/", "PROXY": "http://127.0.0.1:\(server.port)"]
        let bench = try WorkerBench(hooks: [hook], environment: environment, delivery: delivery)
        try deliverAll(bench, ["a": "succeed"])
        #expect(server.requests.isEmpty)
        #expect(try bench.ledger().deliveries().first?.lastResult?.contains("not allowed") == true)
    }

    @Test("A hook that hangs delays no other hook")
    func otherHooks() throws {
        let hanging = try WebhookServer([.hang, .hang, .hang])
        let other = try WebhookServer()
        defer { hanging.stop(); other.stop() }
        var delivery = DeliverySettings.quick
        delivery.timeout = 60
        let bench = try WorkerBench(
            hooks: [hook("hanging", "A"), hook("chat", "B")], environment: ["A": hanging.url, "B": other.url],
            delivery: delivery)
        try bench.submit(["a": "succeed"])
        let result = try bench.whileWatching(FakeRunner()) {
            // Recorded, not only received: the worker ends right after.
            let ledger = try bench.ledger()
            #expect(try eventually { try ledger.deliveries().count { $0.state == .delivered } == 3 })
        }
        #expect(other.requests.count == 3)
        #expect(hanging.requests.count == 1)
        #expect(result.pendingDeliveries == 3)
    }

    @Test("A hook for some jobs hears of no others")
    func jobs() throws {
        let server = try WebhookServer()
        defer { server.stop() }
        var nightly = hook("chat", "A", events: [.queued])
        nightly.jobs = ["nightly-*", "exact"]
        let bench = try WorkerBench(hooks: [nightly], environment: ["A": server.url])
        try deliverAll(bench, ["nightly-1": "succeed", "nightly": "succeed", "exact": "succeed", "exact-2": "succeed"])
        let names = server.requests.compactMap { ($0.json["data"] as? [String: Any])?["name"] as? String }
        #expect(names == ["nightly-1", "exact"])
    }

    @Test("What was given up is sent again on request, with its id and body, before what came later")
    func replay() throws {
        let server = try WebhookServer([.status(500), .status(500)])
        defer { server.stop() }
        var delivery = DeliverySettings.quick
        delivery.retryWaits = [0.01]
        let bench = try bench(server, events: [.succeeded], delivery: delivery)
        try deliverAll(bench, ["a": "succeed"])
        let given = try #require(try bench.ledger().deliveries().first)
        #expect(given.state == .abandoned && given.attempts == 2)
        let replayed = try bench.worker().replay(ids: [], hook: "chat")
        #expect(replayed.map(\.id) == [given.id] && replayed.map(\.state) == [.pending])
        try deliverAll(bench, ["b": "succeed"])
        #expect(server.requests.count == 4)
        #expect(server.requests[2].headers["webhook-id"] == given.id && server.requests[2].body == given.body)
        #expect(failure { try bench.worker().replay(ids: ["msg_none"], hook: nil) }?.code == .webhook)
        #expect(failure { try bench.worker().replay(ids: [], hook: "none") }?.message.contains("'none'") == true)
    }

    @Test("A test message says that it is one, is told from a job's, and leaves nothing in the ledger")
    func test() throws {
        let server = try WebhookServer([.status(200), .status(404)])
        defer { server.stop() }
        let bench = try bench(server)
        let environment = ["URL": server.url]
        #expect(try bench.worker().testHook("chat", environment: environment).delivered)
        #expect(server.requests.first?.json["type"] as? String == "webhook.test")
        let refused = try bench.worker().testHook("chat", environment: environment)
        #expect(!refused.delivered && refused.result == "answered 404")
        #expect(try bench.ledger().deliveries().isEmpty)
    }

    @Test("A 410 disables the hook with a warning until it is enabled; the other hooks hear on")
    func gone() throws {
        let server = try WebhookServer([.status(410)])
        let other = try WebhookServer()
        defer { server.stop(); other.stop() }
        let hooks = [hook("gone", "A"), hook("chat", "B")]
        let bench = try WorkerBench(hooks: hooks, environment: ["A": server.url, "B": other.url])
        try deliverAll(bench, ["a": "succeed"])
        try deliverAll(bench, ["b": "succeed"])
        #expect(server.requests.count == 1)
        #expect(other.requests.count == 6)
        #expect(bench.log.contains { $0.contains("'gone'") && $0.contains("disabled") })
        try bench.worker().enableHook("gone")
        try deliverAll(bench, ["c": "succeed"])
        #expect(server.requests.count == 4)
    }

    @Test("An endless answer is broken off and counts by its status")
    func endless() throws {
        let server = try WebhookServer([.endless])
        defer { server.stop() }
        let bench = try bench(server, events: [.succeeded])
        try bench.submit(["a": "succeed"])
        #expect(try bench.watchOnce().pendingDeliveries == 0)
        #expect(try bench.ledger().deliveries().map(\.attempts) == [1])
    }

    @Test("What a worker left undelivered is delivered by the next, with the same id and body")
    func restart() throws {
        let server = try WebhookServer([.status(500)])
        defer { server.stop() }
        var delivery = DeliverySettings.quick
        delivery.retryWaits = [3]
        let bench = try bench(server, events: [.succeeded], delivery: delivery)
        try bench.submit(["a": "succeed"])
        #expect(try bench.watchOnce().pendingDeliveries == 1)
        #expect(try eventually { try bench.ledger().deliveries()[0].dueAt < Date() })
        #expect(try bench.watchOnce().pendingDeliveries == 0)
        #expect(Set(server.requests.map(\.body)).count == 1)
        #expect(Set(server.requests.compactMap { $0.headers["webhook-id"] }).count == 1)
    }

    @Test(
        "A loopback address is refused by default, however it is spelled",
        arguments: ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]"])
    func loopback(host: String) throws {
        let server = try WebhookServer()
        defer { server.stop() }
        let strict = Hook(name: "chat", kind: .generic, url: .environment("URL"), events: [.queued], allowHTTP: true)
        let url = "http://\(host):\(server.port)/"
        var delivery = DeliverySettings.quick
        delivery.retryWaits = []
        let bench = try WorkerBench(hooks: [strict], environment: ["URL": url], delivery: delivery)
        try bench.submit(["a": "succeed"])
        try bench.watchOnce()
        #expect(server.requests.isEmpty)
        let result = try bench.ledger().deliveries().first?.lastResult
        #expect(result == "its host has a private, loopback or link-local address, which is not allowed")
    }

    @Test("URL and signing secret appear in no file and no log line, whatever goes wrong")
    func secrecy() throws {
        let server = try WebhookServer([.status(500), .close, .status(404), .status(500)])
        defer { server.stop() }
        let key = "whsec_" + Data((0..<24).map { UInt8($0) }).base64EncodedString()
        let bench = try bench(server, secret: "KEY", environment: ["KEY": key])
        try deliverAll(bench, ["a": "fail", "b": "refuse"])
        #expect(server.requests.count > 4)
        let written = try bench.folder.everything() + Data(bench.log.joined().utf8)
        for secret in ["T0PSECRETPATH", "127.0.0.1", "\(server.port)/", String(key.dropFirst(6))] {
            #expect(written.range(of: Data(secret.utf8)) == nil)
        }
    }

    @Test("A worker does not start with a hook whose URL cannot be used, and the message names the hook alone")
    func unusableURL() throws {
        for url in ["http://example.com/T0PSECRET", "ftp://example.com/T0PSECRET", "T0PSECRET", "https:///T0PSECRET"] {
            let hook = Hook(name: "chat", kind: .slack, url: .environment("URL"))
            let bench = try WorkerBench(hooks: [hook], environment: ["URL": url])
            let refusal = failure { try bench.watchOnce() }
            #expect(refusal?.code == .webhook)
            #expect(refusal?.message.contains("'chat'") == true)
            #expect(refusal?.message.contains("T0PSECRET") == false)
        }
    }

    @Test("A hook hears of the events and jobs it is named for, and of no others")
    func selection() throws {
        let server = try WebhookServer()
        defer { server.stop() }
        let hooks = [hook("chat", "A", events: [.failed]), hook("other", "A")]
        let bench = try WorkerBench(hooks: hooks, environment: ["A": server.url])
        try bench.submit(["a": "fail"])
        try bench.watchOnce(FakeRunner(notify: ["chat"]))
        #expect(server.requests.map { $0.json["type"] as? String } == ["job.failed"])
    }

    @Test("A hook that hangs delays neither the job nor the stop")
    func hanging() throws {
        let server = try WebhookServer([.hang])
        defer { server.stop() }
        var delivery = DeliverySettings.quick
        delivery.timeout = 60
        let bench = try bench(server, delivery: delivery)
        try bench.submit(["a": "succeed"])
        let result = try bench.whileWatching(FakeRunner()) {
            let ended = try eventually { try bench.ledger().jobs().first?.state == .succeeded }
            #expect(ended)
            #expect(eventually { !server.requests.isEmpty })
        }
        #expect(result.pendingDeliveries == 3)
        #expect(try bench.ledger().deliveries().map(\.attempts) == [0, 0, 0])
    }

    private func hook(_ name: String, _ variable: String, events: Set<HookEvent> = Set(HookEvent.allCases)) -> Hook {
        Hook(
            name: name, kind: .generic, url: .environment(variable), events: events, allowHTTP: true,
            allowPrivate: true)
    }

    private func bench(
        _ server: WebhookServer, events: Set<HookEvent> = Set(HookEvent.allCases), secret: String? = nil,
        environment: [String: String] = [:], delivery: DeliverySettings = .quick
    ) throws -> WorkerBench {
        var hook = hook("chat", "URL", events: events)
        hook.secret = secret.map(SecretSource.environment)
        let environment = environment.merging(["URL": server.url]) { first, _ in first }
        return try WorkerBench(hooks: [hook], environment: environment, delivery: delivery)
    }

    /// Runs the manifests and goes on until every delivery is made or given up.
    private func deliverAll(_ bench: WorkerBench, _ manifests: KeyValuePairs<String, String>) throws {
        try bench.submit(manifests)
        #expect(try eventually { try bench.watchOnce().pendingDeliveries == 0 })
    }
}

import Foundation
import Glibc
import LedgerSupport
import Manifests
import OperatingSystem
import Synchronization
import TestSupport
import Testing
import Webhooks
import Worker

/// Clocks that are set, and time that a stopped worker did not have.
@Suite("Clocks and stops")
struct ClockTests {
    private let day = 86_400.0

    @Test("A wait that was heard of ends by the monotonic clock, however the wall's clock is set meanwhile")
    func waits() {
        let wall = Date(timeIntervalSince1970: 1_000_000)
        let waits = WaitTimes()
        let end = wall + 300
        func left(_ seconds: Double, clockSetBy shift: Double) -> Double {
            waits.left("a", until: end, longest: day, wall: wall + seconds + shift, uptime: 50 + seconds)
        }
        #expect(left(0, clockSetBy: 0) == 300)
        #expect(left(100, clockSetBy: -7_200) == 200)
        #expect(left(299, clockSetBy: 7_200) == 1)
        #expect(left(301, clockSetBy: -7_200) == -1)
        #expect(waits.over(uptime: 349) == [] && waits.over(uptime: 350) == ["a"])
        // Another end is another wait; one that nobody would wait is over.
        #expect(waits.left("a", until: end + 60, longest: day, wall: end, uptime: 400) == 60)
        #expect(waits.left("b", until: wall + 2 * day, longest: day, wall: wall, uptime: 0) == 0)
        // Decided on here, and the clock set back before anybody asked: by the ledger's milliseconds it is the same wait.
        waits.begin("c", until: wall + 5.000_4, seconds: 5, uptime: 50)
        #expect(waits.left("c", until: wall + 5, longest: day, wall: wall - 72_000, uptime: 53) == 2)
        waits.forget("c")
        waits.forget("a")
        #expect(waits.over(uptime: 1_000).isEmpty)
    }

    @Test("A job whose wait is over by the monotonic clock is taken although the wall's clock was set back")
    func rested() throws {
        let bench = try LedgerBench()
        for id in ["a", "b"] {
            try bench.admit(id)
            _ = try bench.take()
            _ = try bench.ledger.postpone(id, attempt: 1, reason: "full", until: Date() + 600)
        }
        func next(_ rested: [String]) throws -> String? {
            try bench.ledger.takeNext(
                worker: bench.worker, announcer: bench.announcer, longestWait: 3_600, rested: rested)?.id
        }
        #expect(try next([]) == nil)
        #expect(try next(["b", "none"]) == "b")
        #expect(try next(["b"]) == nil)
    }

    @Test("Time without a look is no time of a job's: a step is bounded, and a stopped job uses up none")
    func attended() {
        var time = AttendedTime(now: 100, longestStep: 1)
        #expect(time.look(now: 100.5) == 0.5)
        #expect(time.look(now: 4_000) == 1.5)
        #expect(time.look(now: 4_001, counts: false) == 1.5)
        #expect(time.look(now: 4_000) == 1.5)
        #expect(time.look(now: 4_001) == 2.5)
    }

    @Test("Retry-After is read whatever its length, as seconds or as a date; what is neither is none")
    func retryAfter() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(RetryAfter.seconds("120", now: now) == 120)
        #expect(RetryAfter.seconds(" 7 ", now: now) == 7)
        for text in ["99999999999999999999", String(repeating: "9", count: 400), "9223372036854775808"] {
            #expect(RetryAfter.seconds(text, now: now) == 1e9, "\(text)")
        }
        // https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7, in its three forms, an hour on.
        for text in ["Fri, 15 Jan 2027 09:00:00 GMT", "Friday, 15-Jan-27 09:00:00 GMT", "Fri Jan 15 09:00:00 2027"] {
            #expect(RetryAfter.seconds(text, now: now) == 3_600, "\(text)")
        }
        for text in ["0", "", "-5", "1.5", "soon", "Fri, 15 Jan 2021 09:00:00 GMT", "1e9"] {
            #expect(RetryAfter.seconds(text, now: now) == nil, "\(text)")
        }
    }

    @Test("A Retry-After beyond every number is kept, up to a day")
    func hugeRetryAfter() throws {
        let server = try WebhookServer([.status(503, headers: ["Retry-After: 99999999999999999999"])])
        defer { server.stop() }
        let hook = Hook(
            name: "chat", kind: .generic, url: .environment("URL"), events: [.succeeded], allowHTTP: true,
            allowPrivate: true)
        let bench = try WorkerBench(hooks: [hook], environment: ["URL": server.url])
        try bench.submit(["a": "succeed"])
        #expect(try bench.watchOnce().pendingDeliveries == 1)
        let due = try #require(try bench.ledger().deliveries().first).dueAt.timeIntervalSinceNow
        #expect((day - 600...day).contains(due), "\(due) s")
    }

    @Test("A first attempt waits for no clock: set back since the message was queued, it is sent")
    func firstAttempt() throws {
        let server = try WebhookServer([.status(500)])
        defer { server.stop() }
        let hook = Hook(
            name: "chat", kind: .generic, url: .environment("URL"), events: [.succeeded], allowHTTP: true,
            allowPrivate: true)
        var patient = DeliverySettings.quick
        patient.retryWaits = [600]
        let bench = try WorkerBench(hooks: [hook], environment: ["URL": server.url], delivery: patient)
        try bench.submit(["a": "succeed"])
        #expect(try bench.watchOnce().pendingDeliveries == 1)
        let ledger = try bench.ledger()
        // As if it had been queued before the clock went back by an hour.
        _ = try ledger.replay(try #require(try ledger.deliveries().first).id, now: Date() + 3_600)
        #expect(try bench.watchOnce().pendingDeliveries == 0)
        #expect(server.requests.count == 2)
    }

    @Test("One fault that everybody meets is told once, and again once it was over for all of them")
    func troubles() {
        let troubles = Troubles()
        func full(_ what: String) -> WorkerError {
            WorkerError(.unwritable, "The ledger could not \(what).", cause: "SQLite 13: database or disk is full")
        }
        let parties = ["inbox", "webhooks", "job 1", "job 2", "schedule", "old runs", "old jobs", "backup"]
        #expect(parties.filter { troubles.isNew(full("do what \($0) does"), for: $0) } == ["inbox"])
        #expect(parties.filter { troubles.isNew(full("do what \($0) does"), for: $0) }.isEmpty)
        for party in parties.dropLast() { troubles.clear(party) }
        #expect(!troubles.isNew(full("go on"), for: "inbox"))
        // Another fault is another one, of the same party too; and the first is over for it.
        let other = WorkerError(.unwritable, "The file /a cannot be made.", cause: "Permission denied")
        #expect(troubles.isNew(other, for: "inbox") && !troubles.isNew(other, for: "inbox"))
        troubles.clear("backup")
        #expect(troubles.isNew(full("go on"), for: "job 1"))
        let third = WorkerError(.unwritable, "The file /b cannot be made.", cause: "Permission denied")
        #expect(troubles.isNew(third, for: "job 2"))
    }
}

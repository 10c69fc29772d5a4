import Foundation
import Ledger
import LedgerSupport
import Manifests
import Synchronization
import TestSupport
import Testing
import Worker

/// `schedule` over 2026 and 2027, against what Python's zoneinfo makes of the same rule (scripts/reference/schedule_times.py).
@Suite("Two years of a schedule")
struct TwoYearsTests {
    private struct Golden: Decodable {
        struct Group: Decodable {
            let minutes: [Int]
            let times: Int
        }

        struct Instants: Decodable {
            let first: Int?
            let steps: [Group]

            var dates: [Date] {
                var time = Double(first ?? 0)
                var dates = first == nil ? [] : [Date(timeIntervalSince1970: time)]
                for group in steps {
                    for minutes in (0..<group.times).flatMap({ _ in group.minutes }) {
                        time += Double(minutes) * 60
                        dates.append(Date(timeIntervalSince1970: time))
                    }
                }
                return dates
            }
        }

        struct Case: Decodable {
            let zone: String
            let cron: String
            let count: Int
            let dues: Instants
            let submitted: Instants
            let missed: Instants
        }

        let start: Double
        let end: Double
        let catchUpHours: Int
        let outages: [[Double]]
        let cases: [Case]
    }

    private static func golden() throws -> Golden {
        let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("schedule/times.json")))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Golden.self, from: data)
    }

    @Test("Each expression comes due when another implementation says so, in four zones")
    func dues() throws {
        let file = try Self.golden()
        #expect(file.cases.count == 36)
        for golden in file.cases {
            let expected = golden.dues.dates
            #expect(expected.count == golden.count && golden.count > 13)
            let table = TimeTable(
                try CronExpression(golden.cron), zone: try #require(TimeZone(identifier: golden.zone)))
            var found: [Date] = []
            var next = table.next(after: Date(timeIntervalSince1970: file.start))
            while let date = next, date.timeIntervalSince1970 < file.end {
                found.append(date)
                next = table.next(after: date)
            }
            #expect(found == expected, "\(golden.cron) in \(golden.zone): \(Self.difference(found, expected))")
        }
    }

    private static func difference(_ found: [Date], _ expected: [Date]) -> String {
        let pair = zip(found, expected).first { $0 != $1 }
        return pair.map { "\($0.0) rather than \($0.1)" } ?? "\(found.count) times rather than \(expected.count)"
    }

    /// Notes what it is asked to submit.
    private final class Submitter: Scheduler.Submitter {
        private let state = Mutex<[String: [Date]]>([:])
        var submitted: [String: [Date]] { state.withLock { $0 } }

        func submit(
            _ entry: ScheduleEntry, due: Date, file: String, isWanted: () -> Bool
        ) throws -> (ScheduledRun.State, String?) {
            state.withLock { $0[entry.name, default: []].append(due) }
            return (.submitted, file)
        }
    }

    /// One worker with an entry for each of these cases, seen through its simulated clock.
    private struct Simulation {
        let bench: LedgerBench
        let submitter = Submitter()
        let cases: [Golden.Case]
        let entries: [ScheduleEntry]

        init(_ file: Golden) throws {
            bench = try LedgerBench(inMemory: true)
            cases = file.cases.filter {
                $0.cron == "30 2 * * *" || $0.cron == "0 */6 * * *" && $0.zone == "Australia/Lord_Howe"
            }
            var text = "schedule:\n"
            for (index, golden) in cases.enumerated() {
                text += "  - {name: entry-\(index), manifest: pipelines/night.yaml, time_zone: \(golden.zone), "
                text += "cron: \"\(golden.cron)\", catch_up_hours: \(file.catchUpHours)}\n"
            }
            entries = try WorkerConfiguration.load(bytes: Array(text.utf8), file: "lorad.yaml").schedule
                .map(ScheduleEntry.init)
        }

        /// A worker that is started now.
        func scheduler() -> Scheduler {
            Scheduler({ [entries] in entries }, ledger: bench.ledger, submitter: submitter, log: { _ in })
        }

        /// Runs a worker's clock from `start` to `end`, as its loop does: a look now, then whenever it asks for one.
        func run(from start: Double, to end: Double, looks: (Scheduler, Date) throws -> Void = { _, _ in }) throws {
            let scheduler = scheduler()
            var now = Date(timeIntervalSince1970: start)
            while now.timeIntervalSince1970 < end {
                let next = try scheduler.tick(now: now)
                try looks(scheduler, now)
                guard let next, next > now else { break }
                now = next
            }
        }

        func missed() throws -> [String: [Date]] {
            Dictionary(grouping: try bench.ledger.scheduledRuns(.missed), by: \.entry).mapValues { $0.map(\.due) }
        }
    }

    @Test(
        "A worker that is away for a week over each change of clocks makes up for what the rule says, and nothing else")
    func outages() throws {
        let golden = try Self.golden()
        let simulation = try Simulation(golden)
        #expect(simulation.cases.count == 5)
        var start = golden.start
        for outage in golden.outages {
            // Up to and with the last second before it goes.
            try simulation.run(from: start, to: outage[0] + 1)
            start = outage[1]
        }
        try simulation.run(from: start, to: golden.end)
        let missed = try simulation.missed()
        for (index, golden) in simulation.cases.enumerated() {
            let name = "entry-\(index)"
            let about = "\(golden.cron) in \(golden.zone)"
            let submitted = simulation.submitter.submitted[name] ?? []
            let expected = golden.submitted.dates
            #expect(submitted == expected, "\(about): \(Self.difference(submitted, expected))")
            #expect(missed[name] ?? [] == golden.missed.dates, "\(about): missed")
        }
        #expect(missed.values.joined().isEmpty == false)
    }

    @Test("Clocks set back by hours and by days, and restarts at every look: each time comes due once all the same")
    func clockSetBack() throws {
        let golden = try Self.golden()
        let simulation = try Simulation(golden)
        var count = 0
        try simulation.run(from: golden.start, to: golden.start + 120 * 86_400) { scheduler, now in
            count += 1
            // A clock that is behind for one look: what came due is not due again.
            if count % 7 == 0 { _ = try scheduler.tick(now: now - 3 * 3_600) }
            // A worker that is started anew at the very moment at which something came due.
            if count % 11 == 0 { _ = try simulation.scheduler().tick(now: now) }
            // So far behind that the entry begins anew, and walks through the same days again.
            if count % 97 == 0 {
                var again = now - 5 * 86_400
                while again < now { again = try #require(try simulation.scheduler().tick(now: again)) }
            }
        }
        #expect(count > 500)
        for (index, golden) in simulation.cases.enumerated() {
            let submitted = simulation.submitter.submitted["entry-\(index)"] ?? []
            let last = try #require(submitted.max())
            #expect(submitted == golden.dues.dates.filter { $0 <= last }, "\(golden.cron) in \(golden.zone)")
        }
        #expect(try simulation.missed().isEmpty)
    }
}

import Foundation
import Ledger
import LedgerSupport
import Manifests
import ModelFiles
import OperatingSystem
import TestSupport
import Testing
import Webhooks
import Worker

/// What the schedule has read by the intake's process.
@Suite("The schedule's reading")
struct ScheduledReadingTests {
    private let bench: WorkerBench
    private let due = Date(timeIntervalSince1970: 1_795_000_020)

    init() throws { bench = try WorkerBench() }

    private func entry(_ manifest: String) throws -> ScheduleEntry {
        let text = "schedule: [{name: nightly, cron: \"* * * * *\", manifest: \(bench.folder.path)/\(manifest)}]"
        return ScheduleEntry(try WorkerConfiguration.load(bytes: Array(text.utf8), file: "lorad.yaml").schedule[0])
    }

    private func submitter(_ reader: any IntakeReader) throws -> InboxSubmitter {
        InboxSubmitter(
            configuration: { WorkerConfiguration() }, folders: try bench.folders, ledger: try bench.ledger(),
            reader: reader)
    }

    /// Answers in this process.
    private struct Desk: IntakeReader {
        func answer(_ order: IntakeOrder, isWanted: () throws -> Bool) throws -> IntakeAnswer {
            IntakeDesk.answer(order)
        }
    }

    /// A success of the name that the script below prepares.
    private func succeed() throws {
        let ledger = try bench.ledger()
        let announcer = Announcer(hooks: [])
        let job = NewJob(id: "last", name: "night", manifestFile: "n.yaml", manifestText: "x", manifestSHA256: "1")
        _ = try ledger.admit(job, announcer: announcer)
        let taken = try #require(try ledger.takeNext(worker: ProcessIdentity.current(), announcer: announcer))
        _ = try ledger.finish(
            taken.id, attempt: 1, as: JobEnding(.succeeded, runFolder: "/run"), announcer: announcer)
    }

    private static let prepared =
        #"echo '{"prepared":{"_0":{"text":"name: night-1","unstamped":{"name":"night","text":"name: night","inputs":["data.jsonl"]}}}}'"#

    @Test(
        "A manifest of the schedule that is a pipe, a device, too large or not there is a failed run, and nobody waits")
    func foreign() throws {
        #expect(mkfifo(bench.folder.path + "/pipe.yaml", 0o600) == 0)
        try bench.folder.write([UInt8](repeating: 0x20, count: 2_000_000), to: "large.yaml")
        symlink("/dev/zero", bench.folder.path + "/zero.yaml")
        for name in ["pipe.yaml", "large.yaml", "zero.yaml", "none.yaml"] {
            let error = failure {
                try submitter(Desk()).submit(entry(name), due: due, file: "x.yaml", isWanted: { true })
            }
            #expect(error?.code == .manifest && error?.message.contains(name) == true, "\(name)")
        }
        #expect(try bench.folder.names("inbox").isEmpty)
    }

    @Test(
        "A reader that dies of the manifest fails the run; one that dies of the data it names lets the job be submitted"
    )
    func death() throws {
        try succeed()
        let dying = ScriptedIntake(folder: try ScratchFolder(), loop: "exit 9")
        #expect(throws: IntakeFault.self) {
            try submitter(dying.child).submit(entry("night.yaml"), due: due, file: "x.yaml", isWanted: { true })
        }
        // As a file that is cut short while it is mapped ends a process.
        let script = "case \"$order\" in *compare*) kill -BUS $$;; *) \(Self.prepared);; esac"
        let intake = ScriptedIntake(folder: try ScratchFolder(), loop: script)
        let (state, file) = try submitter(intake.child).submit(
            entry("night.yaml"), due: due, file: "x.yaml", isWanted: { true })
        #expect(state == .submitted && file == "x.yaml")
        #expect(try bench.folder.read("inbox/x.yaml") == "name: night-1")
    }

    @Test("A night without anything new is told by the reader's comparison")
    func unchanged() throws {
        try succeed()
        let script = "case \"$order\" in *compare*) echo '{\"compared\":{}}';; *) \(Self.prepared);; esac"
        let intake = ScriptedIntake(folder: try ScratchFolder(), loop: script)
        let (state, detail) = try submitter(intake.child).submit(
            entry("night.yaml"), due: due, file: "x.yaml", isWanted: { true })
        #expect(state == .unchanged && detail?.contains("as in job last") == true)
        #expect(try bench.folder.names("inbox").isEmpty)
    }

    @Test("Hashes that a comparison had to find out are remembered, of what the manifest names alone")
    func hashes() throws {
        try succeed()
        let folder = try ScratchFolder()
        let files = try ["data.jsonl", "other.jsonl"].map { name in
            try folder.write("rows of \(name)", to: name)
            return folder.path + "/" + name
        }
        // What was changed a moment ago is not remembered.
        usleep(60_000)
        let found = FoundHashes()
        for file in files {
            let cache = HashCache(known: nil, found: found, settlingSeconds: 0.02)
            _ = try ContentHash.ofFile(file, cache: cache)
        }
        let hashes = try #require(found.text)
        let answer = IntakeAnswer.compared(difference: "the train data changed", hashes: hashes)
        try folder.write(Array(try JSONEncoder().encode(answer) + Data("\n".utf8)), to: "answer")
        let prepared = Self.prepared.replacingOccurrences(of: "data.jsonl", with: files[0])
        let intake = ScriptedIntake(
            folder: folder, loop: "case \"$order\" in *compare*) cat answer;; *) \(prepared);; esac")
        let (state, _) = try submitter(intake.child).submit(
            entry("night.yaml"), due: due, file: "x.yaml", isWanted: { true })
        #expect(state == .submitted)
        let cache = try String(contentsOfFile: bench.folders.hashCache, encoding: .utf8)
        #expect(cache.contains("data.jsonl") && !cache.contains("other.jsonl"))
    }

    @Test("A stop ends the hashing of what a manifest names at once, and the run stays decided for the next worker")
    func stop() throws {
        try succeed()
        let folder = try ScratchFolder()
        let script = "case \"$order\" in *compare*) touch hashing; sleep 100;; *) \(Self.prepared);; esac"
        let intake = ScriptedIntake(folder: folder, loop: script)
        let ledger = try bench.ledger()
        let entry = try entry("night.yaml")
        try ledger.beginSchedule(entry.name, rule: entry.rule, at: Date() - 90)
        let scheduler = Scheduler({ [entry] }, ledger: ledger, submitter: try submitter(intake.child), log: { _ in })
        scheduler.start()
        #expect(eventually { FileManager.default.fileExists(atPath: folder.path + "/hashing") })
        // The reader sleeps for 100.
        #expect(elapsedSeconds { scheduler.stop() } < 50)
        #expect(try ledger.scheduledRuns(.decided).count == 1)
        #expect(try bench.folder.names("inbox").isEmpty)
    }
}

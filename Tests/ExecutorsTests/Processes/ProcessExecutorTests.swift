import Executors
import Foundation
import JobReports
import LedgerSupport
import Manifests
import OperatingSystem
import TestSupport
import Testing

/// The worker's side of a job process; shell scripts stand for the other side.
@Suite("A job's process")
struct ProcessExecutorTests {
    /// Runs `script` as the job process of an attempt.
    private func run(
        _ script: String, limits change: (inout LimitsConfiguration) -> Void = { _ in },
        _ attempt: RecordedAttempt = RecordedAttempt()
    ) async throws -> JobOutcome {
        let folder = try ScratchFolder()
        defer { withExtendedLifetime(folder) {} }
        var configuration = WorkerConfiguration()
        configuration.outbox = folder.path
        change(&configuration.limits)
        let executor = ProcessExecutor(configuration, executable: "/bin/sh", arguments: ["-c", script])
        let request = JobRequest(
            id: "job", name: "a", manifestPath: "a.yaml", manifestText: "name: a", workFolder: folder.path, attempt: 1)
        return await attempt.run(JobOrder(request, configuration), by: executor)
    }

    private func reason(_ outcome: JobOutcome) -> String {
        switch outcome {
        case .faulted(let reason): "faulted: " + reason
        case .failed(let reason, _, _): "failed: " + reason
        default: "\(outcome)"
        }
    }

    @Test("What the process says reaches the events in order, and its outcome is the attempt's")
    func dialogue() async throws {
        let events = RecordedAttempt()
        let outcome = try await run(
            """
            read order;
            echo '{"stageStarted":{"stage":"train"}}'
            echo '{"progress":{"_0":{"stage":"train","done":3,"total":9,"unit":"steps","loss":"nan","secondsLeft":2}}}'
            echo '{"heartbeat":{}}'
            echo '{"log":{"_0":"two\\u2028lines"}}'
            echo '{"stageEnded":{"stage":"train","detail":"9 steps"}}'
            case "$order" in *'"attempt":1'*) echo '{"ended":{"_0":{"failed":{"reason":"NaN","runFolder":"'$W'/a/1"}}}}';; esac
            cat > /dev/null
            """.inWorkFolder, events)
        guard case .failed("NaN", let run?, nil) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(run.hasSuffix("/a/1"))
        #expect(
            events.all == ["train started", "step 3 of 9, loss nan", "heartbeat", "two\u{2028}lines", "train ended"])
    }

    @Test("The process asks before it publishes, and is told", arguments: [true, false])
    func publishing(allowed: Bool) async throws {
        let events = RecordedAttempt(mayPublish: allowed)
        let outcome = try await run(
            """
            read order
            echo '{"mayPublish":{}}'
            read answer
            case "$answer" in *true*) said=yes;; *) said=no;; esac
            echo '{"ended":{"_0":{"rejected":{"diagnostics":["'$said'"]}}}}'
            cat > /dev/null
            """, events)
        #expect(outcome == .rejected(diagnostics: [allowed ? "yes" : "no"]))
    }

    @Test("The process has its three pipes and nothing else of the worker's: no ledger, no lock, no server's socket")
    func descriptors() async throws {
        // As a library leaves them that does not know of O_CLOEXEC.
        let careless = (0..<40).map { _ in open("/dev/null", O_RDONLY) }
        defer { for descriptor in careless { close(descriptor) } }
        let outcome = try await run(
            """
            read order
            open=$(for file in /proc/$$/fd/*; do n=${file##*/}; [ "$n" -gt 2 ] && [ -e "$file" ] && readlink "$file"; done)
            case "$open" in *null*|*sqlite*|*lock*|*socket*) said=leaked;; *) said=clean;; esac
            echo '{"ended":{"_0":{"rejected":{"diagnostics":["'$said'"]}}}}'
            cat > /dev/null
            """)
        #expect(outcome == .rejected(diagnostics: ["clean"]))
    }

    @Test("A process that is killed, or ends without a word, is a fault that may pass")
    func death() async throws {
        let killed = try reason(await run("read order; kill -9 $$"))
        #expect(killed.hasPrefix("faulted: The job's process was killed (signal 9)"))
        guard case .crashed(let crashed) = try await run("read order; kill -SEGV $$") else {
            Issue.record("a signal of its own code's making is a crash")
            return
        }
        #expect(crashed.contains("signal 11"))
        let exit = try reason(await run("read order; echo first >&2; echo 'out of luck' >&2; exit 3"))
        #expect(exit.contains("exit code 3") && exit.contains("out of luck"))
    }

    @Test("One that is given up is killed at once, also where all threads that tasks share are busy")
    func givenUpUnderLoad() async throws {
        let folder = try ScratchFolder()
        defer { withExtendedLifetime(folder) {} }
        var configuration = WorkerConfiguration()
        configuration.outbox = folder.path
        let executor = ProcessExecutor(configuration, executable: "/bin/sh", arguments: ["-c", "cat > /dev/null"])
        let request = JobRequest(
            id: "job", name: "a", manifestPath: "a.yaml", manifestText: "name: a", workFolder: folder.path, attempt: 1)
        let order = JobOrder(request, configuration)
        let isDead = try await onThread {
            Result {
                let execution = try executor.start(order)
                let (begun, over) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
                let threads = ProcessInfo.processInfo.activeProcessorCount
                for _ in 0..<threads {
                    Task.detached {
                        begun.signal()
                        over.hold()
                    }
                }
                defer { for _ in 0..<threads { over.signal() } }
                // Another test's task may wait for one that these keep out: so not for ever.
                let limit = DispatchTime.now() + 10
                for _ in 0..<threads { _ = begun.wait(timeout: limit) }
                executor.send(.abandon, to: execution)
                return eventually(within: 10) { executor.liveness(of: execution) == .dead }
            }
        }.get()
        #expect(isDead)
    }

    @Test("A process that somebody stops uses up no limit of time; it ends as its work does once it goes on")
    func stopped() async throws {
        let outcome = try await run(
            """
            read order
            (sleep 3; kill -CONT $$) &
            kill -STOP $$
            echo '{"ended":{"_0":{"rejected":{"diagnostics":["went on"]}}}}'
            cat > /dev/null
            """, limits: { ($0.wallTime, $0.stageTime) = (2, 2) })
        #expect(outcome == .rejected(diagnostics: ["went on"]))
    }

    @Test("A line longer than any message, and one that is none, end the process and are a fault that may pass")
    func noMessage() async throws {
        for script in ["head -c 9000000 /dev/zero | tr '\\0' a; echo", "echo '{\"ended\":7}'"] {
            let events = RecordedAttempt()
            let said = try reason(await run("read order; \(script); sleep 600", events))
            #expect(
                said.hasPrefix("faulted: The job's process wrote what is no message of one, and was killed"), "\(said)")
            #expect(eventually { events.process?.isAlive == false })
        }
    }

    @Test("A process is believed no run of another name, no stage that there is none of, and no endless text")
    func believed() async throws {
        let summary = #"{"slices":[],"gates":[],"steps":1,"wall_seconds":1,"tokens_per_second":1}"#
        for run in ["/etc", "$W/b/1", "$W/a/../b/1", "$W/a", "$W/a/1/2", "a/1"] {
            let end = #"{"ended":{"_0":{"succeeded":{"runFolder":"'"\#(run)"'","summary":\#(summary)}}}}"#
            let said = try reason(await self.run("read order; echo '\(end)'; sleep 600".inWorkFolder))
            #expect(said.contains("what is no message of one") && said.contains("The run that it names"), "\(said)")
        }
        let events = RecordedAttempt()
        let said = try reason(
            await run("read order; echo '{\"stageStarted\":{\"stage\":\"party\"}}'; sleep 600", events))
        #expect(said.contains("The line holds no report") && events.all.isEmpty)
        let long = "$(head -c 1000000 /dev/zero | tr '\\0' x)"
        let outcome = try await run(
            """
            read order
            echo '{"log":{"_0":"'\(long)'"}}'
            echo '{"ended":{"_0":{"rejected":{"diagnostics":["'\(long)'"]}}}}'
            cat > /dev/null
            """, events)
        #expect(events.all.map(\.utf8.count) == [65_536])
        guard case .rejected(let mistakes) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(mistakes.map(\.utf8.count) == [4_096])
    }

    @Test("A process that cannot be started is a fault that may pass")
    func notThere() async throws {
        let folder = try ScratchFolder()
        defer { withExtendedLifetime(folder) {} }
        let executor = ProcessExecutor(WorkerConfiguration(), executable: folder.path + "/none")
        let request = JobRequest(
            id: "a", name: "a", manifestPath: "a", manifestText: "", workFolder: folder.path, attempt: 1)
        let outcome = await RecordedAttempt().run(JobOrder(request, WorkerConfiguration()), by: executor)
        #expect(reason(outcome).contains("The job's process could not be run"))
    }

    @Test("A process whose start could not be recorded gets no work and does not live")
    func unrecorded() async throws {
        let events = RecordedAttempt(givesWork: false)
        let outcome = try await run("read order && echo '{\"log\":{\"_0\":\"worked\"}}'; sleep 600", events)
        #expect(outcome == .interrupted)
        #expect(events.all.isEmpty)
        #expect(events.process?.isAlive == false)
    }

    @Test("Above the memory limit the process is killed and the job fails, with both figures")
    func memory() async throws {
        let hog = #"BEGIN { s = "0123456789abcdef"; for (i = 0; i < 23; i++) s = s s; while (1) i = length(s) }"#
        let outcome = try await run("read order; exec awk '\(hog)'", limits: { $0.memoryMiB = 64 })
        #expect(reason(outcome).hasPrefix("failed: The job was killed with "))
        #expect(reason(outcome).contains("limits.memory_mib of lorad.yaml allows 64"))
    }

    @Test("Above the wall time and above a stage's time the process is killed and the job fails")
    func time() async throws {
        let wall = try await run("read order; sleep 600", limits: { $0.wallTime = 1 })
        #expect(reason(wall) == "failed: The job was killed after 1 s, the limits.wall_time of lorad.yaml.")
        let stage = try await run(
            "read order; echo '{\"stageStarted\":{\"stage\":\"slices\"}}'; sleep 600", limits: { $0.stageTime = 1 })
        #expect(
            reason(stage)
                == "failed: The job was killed after 1 s in stage slices, the limits.stage_time of lorad.yaml.")
    }

    @Test("A job that moves nothing for its stall time is killed; one that goes on is not, nor where there is no limit")
    func stalled() async throws {
        let still = try await run(
            """
            read order
            echo '{"stageStarted":{"stage":"train"}}'
            while :; do echo '{"heartbeat":{}}'; echo '{"moved":{"_0":7}}'; echo '{"log":{"_0":"here"}}'; sleep 0.1; done
            """, limits: { $0.stallTime = 1 })
        #expect(
            reason(still).hasPrefix("failed: The job was killed because nothing moved for 1 s in stage train"),
            "\(still)")
        let moving = """
            read order
            for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do echo '{"moved":{"_0":'$n'}}'; sleep 0.5; done
            echo '{"ended":{"_0":{"interrupted":{}}}}'; cat > /dev/null
            """
        #expect(try await run(moving, limits: { $0.stallTime = 5 }) == .interrupted)
        let patient = "read order; sleep 2; echo '{\"ended\":{\"_0\":{\"interrupted\":{}}}}'; cat > /dev/null"
        #expect(try await run(patient, limits: { $0.stallTime = 0 }) == .interrupted)
        #expect(LimitsConfiguration().stallTime == 3600)
        #expect(LimitsConfiguration().wallTime == nil)
    }

    @Test("What a job leaves in its work folder is read as a file, of bounded size: no link, no pipe")
    func leftBehind() async throws {
        let linked = try await run("read order; rm -f $W/stderr; ln -s /etc/passwd $W/stderr; exit 3".inWorkFolder)
        #expect(reason(linked).contains("exit code 3") && !reason(linked).contains("It last wrote"), "\(linked)")
        let piped = try await run("read order; rm -f $W/stderr; mkfifo $W/stderr; exit 3".inWorkFolder)
        #expect(reason(piped).contains("exit code 3"), "\(piped)")
        let long = try await run(
            "read order; (head -c 64000000 /dev/zero | tr '\\0' x; echo; echo the end) > $W/stderr; exit 3".inWorkFolder
        )
        #expect(
            reason(long).contains("exit code 3 before its job was done. It last wrote: the end"),
            "\(reason(long).prefix(300))")
    }

    @Test("A process is asked to stop, and one that does not is killed after the stop time, children and all")
    func stop() async throws {
        let heeding = try await run(
            "read order; read stop; echo '{\"ended\":{\"_0\":{\"interrupted\":{}}}}'; cat > /dev/null",
            RecordedAttempt(stopsAtOnce: true)
        )
        #expect(heeding == .interrupted)

        let folder = try ScratchFolder()
        let events = RecordedAttempt(stopsAtOnce: true)
        let deaf = try await run(
            "read order; sleep 600 & echo $! > \(folder.path)/child; wait; sleep 600", limits: { $0.stopTime = 0.5 },
            events)
        #expect(deaf == .interrupted)
        #expect(events.process?.isAlive == false)
        let child = try #require(Int32(folder.read("child").trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(eventually { ProcessIdentity.of(pid: child)?.isAlive != true })
    }

    @Test("Only what computing needs of the environment is handed on; a hook's URL is not, whatever its name")
    func environment() async throws {
        setenv("CHAT_WEBHOOK_URL", "https://secret.example", 1)
        defer { unsetenv("CHAT_WEBHOOK_URL") }
        let outcome = try await run(
            """
            read order
            echo '{"ended":{"_0":{"rejected":{"diagnostics":["'"$(env | grep -c secret)"' '"${PATH:+path}"'"]}}}}'
            cat > /dev/null
            """)
        #expect(outcome == .rejected(diagnostics: ["0 path"]))
    }

    @Test("Memory in use is what cannot be given back: anonymous and shared pages, not a mapped base")
    func memoryInUse() {
        let status = "Name:\tlorad\nVmRSS:\t  900 kB\nRssAnon:\t  300 kB\nRssFile:\t  550 kB\nRssShmem:\t   50 kB\n"
        #expect(ProcessMemory.inUse(status: status) == 350 * 1024)
        #expect(ProcessMemory.inUse(status: "Name:\tlorad\n") == nil)
    }
}

extension String {
    /// A script that calls its job's work folder `$W`, which its order names.
    fileprivate var inWorkFolder: String {
        replacingOccurrences(
            of: "read order;",
            with:
                #"read -r order; W=$(echo "$order" | sed 's/.*"workFolder":"\([^"]*\)".*/\1/; s/\\//g'); [ -d "$W" ] || exit 4;"#
        )
    }
}

extension DispatchSemaphore {
    /// Holds up a thread that tasks share, which `wait` is not there for.
    fileprivate func hold() { wait() }
}

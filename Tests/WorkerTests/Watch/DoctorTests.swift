import Executors
import Foundation
import Ledger
import LedgerSupport
import Manifests
import OperatingSystem
import Pipeline
import TestSupport
import Testing
import Webhooks
import Worker

@Suite("lorad doctor")
struct DoctorTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func findings(_ yaml: String, environment: [String: String] = [:]) throws -> [String: Finding] {
        try folder.write(yaml, to: "lorad.yaml")
        let configuration = try WorkerConfiguration.load(path: folder.path + "/lorad.yaml")
        let findings = Doctor(configuration, environment: environment).findings()
        return Dictionary(uniqueKeysWithValues: findings.map { ($0.name, $0) })
    }

    /// Folders inside the test's own.
    private var folders: String {
        ["inbox", "outbox", "state"].map { "\($0): \(folder.path)/\($0)\n" }.joined()
    }

    @Test("The keys that scripts rest on are there, and everything that is not ok says how to fix it")
    func keys() throws {
        let findings = try findings(folders)
        for key in ["cpu", "kernels", "threads", "memory", "openblas_core", "openblas", "inbox", "outbox", "state"] {
            #expect(findings[key]?.value.isEmpty == false, "\(key)")
        }
        for finding in findings.values where finding.status != .ok {
            #expect(finding.advice?.isEmpty == false, "\(finding.name)")
        }
    }

    @Test("Libraries come with their versions, curl with what encrypts")
    func libraries() throws {
        let findings = try findings(folders)
        #expect(findings["libyaml"]?.value.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
        #expect(findings["sqlite"]?.value.wholeMatch(of: /3\.\d+\.\d+/) != nil)
        #expect(findings["libcurl"]?.value.contains("TLS by ") == true)
        let plain = LibraryCheck.curl("libcurl/7.88.1 zlib/1.2.13")
        #expect(plain.status == .problem)
        #expect(
            LibraryCheck.curl("libcurl/7.88.1 GnuTLS/3.7.9 zlib/1.2.13").value == "libcurl/7.88.1, TLS by GnuTLS/3.7.9")
    }

    @Test("A hook whose URL cannot be read is a problem that names the source; one that can is shown without it")
    func hooks() throws {
        let hidden = "https://hooks.example/T0PSECRET"
        try folder.write(hidden, to: "loose", mode: 0o644)
        let yaml = """
            hooks:
              - {name: good, kind: slack, url_env: GOOD_URL}
              - {name: unset, kind: discord, url_env: UNSET_URL}
              - {name: loose, kind: generic, url_file: \(folder.path)/loose}
              - {name: unsigned, kind: generic, url_env: GOOD_URL, secret_env: BAD_KEY}
            """
        let findings = try findings(folders + yaml, environment: ["GOOD_URL": hidden, "BAD_KEY": "T0PSECRET"])
        #expect(findings["hook good"]?.status == .ok)
        #expect(findings["hook unset"]?.value.contains("UNSET_URL") == true)
        for name in ["unset", "loose", "unsigned"] {
            #expect(findings["hook \(name)"]?.status == .problem)
            #expect(findings["hook \(name)"]?.advice?.isEmpty == false)
        }
        for finding in findings.values {
            #expect(!"\(finding)".contains("T0PSECRET"), "\(finding.name)")
        }
    }

    @Test("Folders: one that is missing is made when needed, a file in its place is a problem")
    func places() throws {
        try folder.write("", to: "outbox")
        let findings = try findings(folders)
        #expect(findings["inbox"]?.status == .ok)
        #expect(findings["inbox"]?.value.contains("MiB free") == true)
        #expect(findings["outbox"]?.status == .problem)
        #expect(findings["file_system"]?.status == .ok)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).contains("inbox") == false)
    }

    @Test("The ledger is read: whole, damaged, and ahead of the clock")
    func ledger() throws {
        #expect(try findings(folders)["ledger"]?.value.contains("made when it is needed") == true)
        let bench = try LedgerBench()
        try bench.admit("a")
        let state = "state: \(bench.folder.path)\n"
        let whole = try findings(state)
        #expect(whole["ledger"]?.value.hasSuffix("quick_check ok") == true)
        #expect(whole["ledger_pragmas"]?.value.contains("journal_mode wal") == true)
        #expect(whole["ledger_clock"]?.status == .ok)
        var job = NewJob(id: "b", name: "b", manifestFile: "b.yaml", manifestText: "", manifestSHA256: "")
        job.mistakes = []
        _ = try bench.ledger.admit(job, announcer: bench.announcer, now: Date() + 7_200)
        #expect(try findings(state)["ledger_clock"]?.status == .problem)
        try FileManager.default.createDirectory(atPath: folder.path + "/state", withIntermediateDirectories: true)
        try folder.write(String(repeating: "not a database ", count: 500), to: "state/ledger.sqlite")
        #expect(try findings(folders)["ledger"]?.status == .problem)
    }

    @Test("A folder that everybody may write to is told of: the inbox as a warning, the state as a problem")
    func permissions() throws {
        #expect(try findings(folders)["permissions"]?.status == .ok)
        for (name, status) in [("inbox", Finding.Status.warning), ("state", .problem), ("outbox", .problem)] {
            let path = folder.path + "/" + name
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
            let finding = try findings(folders)["permissions \(name)"]
            #expect(finding?.status == status && finding?.advice?.contains("chmod") == true)
        }
    }

    @Test("The inbox can be watched here, and the clock is past, kept or not to be told")
    func system() throws {
        #expect(try findings(folders)["watch"]?.value.hasPrefix("inotify works") == true)
        let now = Date()
        #expect(SystemCheck.clock(isKept: 1, now: now).status == .ok)
        #expect(SystemCheck.clock(isKept: 0, now: now).advice?.contains("timedatectl") == true)
        #expect(SystemCheck.clock(isKept: -1, now: now).status == .ok)
        #expect(SystemCheck.clock(isKept: 1, now: Date(timeIntervalSince1970: 0)).status == .problem)
    }

    @Test("A confinement that does not hold is a warning that says what to do")
    func confinement() {
        let none = Confinement(landlock: .none("this kernel has no Landlock"), seccomp: .holds("filter"))
        let finding = SystemCheck.confinement(none)
        #expect(finding.status == .warning)
        #expect(finding.advice?.contains("5.19") == true)
        let whole = Confinement(landlock: .holds("abi 4"), seccomp: .holds("filter"))
        #expect(SystemCheck.confinement(whole).status == .ok)
    }

    @Test("A schedule's entry shows its next time, and a manifest that cannot be submitted is a problem")
    func schedule() throws {
        let entry =
            "schedule: [{name: nightly, cron: \"30 2 * * *\", time_zone: UTC, manifest: \(folder.path)/none.yaml}]"
        let finding = try findings(folders + entry)["schedule nightly"]
        #expect(finding?.status == .problem)
        #expect(finding?.value.contains("T02:30:00") == true && finding?.value.contains("none.yaml") == true)
    }

    @Test(
        "Inbox and state on different file systems are told of, and a place of claims that others could write to",
        .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm"), "needs a second file system"))
    func twoFileSystems() throws {
        let inbox = "/dev/shm/lorad-\(UUID())"
        let yaml = "inbox: \(inbox)\nstate: \(folder.path)/state\n"
        let finding = try findings(yaml)["file_system"]
        #expect(finding?.status == .ok && finding?.value.contains("on two") == true)
        try FileManager.default.createDirectory(atPath: inbox + "/.claimed", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: inbox) }
        #expect(try findings(yaml)["file_system"]?.status == .ok)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: inbox + "/.claimed")
        #expect(try findings(yaml)["file_system"]?.status == .problem)
    }

    @Test("A damaged hash cache is a warning, an absent and a whole one are not")
    func cache() throws {
        #expect(try findings(folders)["hash_cache"]?.status == .ok)
        try FileManager.default.createDirectory(atPath: folder.path + "/state", withIntermediateDirectories: true)
        try folder.write("{\"a\": 1}", to: "state/hashes.json")
        #expect(try findings(folders)["hash_cache"]?.status == .warning)
        try folder.write("{\"version\": 2, \"files\": {}}", to: "state/hashes.json")
        #expect(try findings(folders)["hash_cache"]?.value.contains("0 files") == true)
        try folder.write("{}", to: "state/hashes.json")
        let older = try findings(folders)["hash_cache"]
        #expect(older?.status == .ok && older?.value.contains("another version") == true)
    }

    @Test("Limits that do not fit the machine or each other are told of")
    func limits() throws {
        let keys = ["limits_memory", "limits_disk", "limits_time", "jobs", "open_files"]
        let fine = try findings(folders + "limits: {free_disk_mib: 0}\n")
        for key in keys { #expect(fine[key]?.status == .ok, "\(key): \(fine[key]?.value ?? "")") }
        let bad = try findings(
            folders + """
                limits: {memory_mib: 1000000000, free_disk_mib: 1000000000, wall_time: 10, stage_time: 20}
                jobs: {at_once: 256}
                """)
        for (key, word) in [
            ("limits_memory", "memory_mib"), ("limits_disk", "free_disk_mib"), ("limits_time", "stage_time"),
            ("jobs", "at_once"),
        ] {
            #expect(bad[key]?.status != .ok && bad[key]?.advice?.contains(word) == true, "\(key)")
        }
        #expect(bad["limits_disk"]?.status == .problem)
        #expect(
            try findings(folders + "limits: {stop_time: 90}\n")["limits_time"]?.advice?.contains("TimeoutStopSec")
                == true)
    }

    @Test("What is removed and copied is shown; no backups at all, or none any more, are a warning")
    func retention() throws {
        let fine = try findings(folders + "retention: {keep_runs: 7, keep_delivery_days: 11}\n")
        #expect(fine["retention"]?.value.contains("latest 7 runs") == true)
        #expect(fine["retention"]?.value.contains("deliveries 11") == true)
        #expect(fine["backups"]?.status == .ok)
        #expect(try findings(folders + "retention: {backup_hours: 0}\n")["backups"]?.status == .warning)
        let bench = try LedgerBench()
        let copy = try LedgerBackup(folder: bench.folder.path + "/backups").make(of: bench.ledger, keep: 3)
        let state = "state: \(bench.folder.path)\n"
        #expect(try findings(state)["backups"]?.value.contains("1 there") == true)
        #expect(try findings(state)["backups"]?.status == .ok)
        try FileManager.default.setAttributes([.modificationDate: Date() - 3 * 86_400], ofItemAtPath: copy)
        #expect(try findings(state)["backups"]?.advice?.contains("lorad backup") == true)
    }

    @Test("The port of the health page: free, another program's, or the running worker's own")
    func monitor() throws {
        #expect(try findings(folders)["worker"]?.value == "none runs here")
        #expect(try findings(folders)["monitor"] == nil)
        let (descriptor, port) = try #require(bindToLoopback())
        defer { close(descriptor) }
        #expect(listen(descriptor, 1) == 0)
        let yaml = folders + "monitor: {port: \(port)}\n"
        #expect(try findings(yaml)["monitor"]?.status == .problem)
        try FileManager.default.createDirectory(atPath: folder.path + "/state", withIntermediateDirectories: true)
        let lock = try WorkerLock(path: folder.path + "/state/worker.lock")
        let held = try withExtendedLifetime(lock) { try findings(yaml) }
        #expect(held["worker"]?.value == "runs, process \(getpid())")
        #expect(held["monitor"]?.status == .ok)
    }

    @Test("Messages that wait, hooks that are disabled or gone, and a paused queue are told of")
    func deliveries() throws {
        let chat = Hook(name: "chat", kind: .generic, url: .environment("U"), events: [.queued])
        var gone = chat
        gone.name = "gone"
        let bench = try LedgerBench(announcer: Announcer(hooks: [chat, gone]))
        let yaml = "state: \(bench.folder.path)\nhooks: [{name: chat, kind: generic, url_env: U}]\n"
        #expect(try findings(yaml)["deliveries"]?.status == .ok && findings(yaml)["queue"]?.status == .ok)
        var job = NewJob(id: "a", name: "a", manifestFile: "a.yaml", manifestText: "", manifestSHA256: "")
        job.mistakes = nil
        _ = try bench.ledger.admit(job, announcer: bench.announcer, now: Date() - 7_200)
        try bench.ledger.pause()
        let found = try findings(yaml)
        #expect(found["deliveries chat"]?.advice?.contains("webhooks test chat") == true)
        #expect(found["deliveries gone"]?.value.contains("does not have") == true)
        #expect(found["queue"]?.advice?.contains("lorad resume") == true)
        #expect(found["notify"]?.status == .warning)
        #expect(try findings(yaml + "notify_default: [chat]\n")["notify"]?.status == .ok)
        let id = try #require(try bench.ledger.deliveries().first { $0.hook == "chat" }?.id)
        try bench.ledger.recordAttempt(id, hook: "chat", result: "answered 410", verdict: .disableHook)
        let disabled = try findings(yaml)["hook_disabled chat"]
        #expect(disabled?.status == .problem && disabled?.value.contains("answered 410") == true)
    }

    @Test("What follows promotions is shown; a base that is gone, a folder that is none and what failed are told of")
    func exports() throws {
        #expect(try findings("")["after_promote"]?.status == .ok)
        let bench = try LedgerBench()
        try folder.write("", to: "file")
        let yaml = """
            state: \(bench.folder.path)
            after_promote:
              - {name: whole, export: merged, output: \(folder.path)/served}
              - {name: astray, export: peft, output: \(folder.path)/served2, base: \(folder.path)/nowhere}
              - {name: blocked, export: gguf, output: \(folder.path)/file/served}

            """
        let found = try findings(yaml)
        #expect(found["after_promote whole"]?.status == .ok)
        #expect(found["after_promote whole"]?.value.contains("merged of champion below") == true)
        #expect(found["after_promote astray"]?.status == .problem)
        #expect(found["after_promote blocked"]?.status == .problem)
        try bench.ledger.want(entry: "e", label: "whole", name: "tiny", target: .version(1))
        #expect(try findings(yaml)["export whole tiny"] == nil)
        let record = try #require(try bench.ledger.followUps().first)
        try bench.ledger.postpone(record, until: Date() + 60, result: "too\u{1B}warm")
        let failed = try #require(try findings(yaml)["export whole tiny"])
        #expect(failed.status == .warning && failed.value.hasPrefix("failed attempts: 1; the last: too"))
        #expect(!failed.value.contains("\u{1B}") && failed.advice?.contains("registry exports") == true)
    }

    @Test("An outbox without its mark, roots that are missing or open to all, and what the system lacks are told of")
    func surroundings() throws {
        #expect(try findings(folders)["outbox_mark"]?.status == .ok)
        let bench = try LedgerBench()
        #expect(
            try findings("state: \(bench.folder.path)\noutbox: \(folder.path)/o\n")["outbox_mark"]?.status == .problem)
        #expect(
            try findings(folders + "allowed_roots: [\(folder.path)/none]\n")["root \(folder.path)/none"]?.status
                == .warning)
        let root = folder.path + "/root"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: root)
        #expect(try findings(folders + "allowed_roots: [\(root)]\n")["permissions root \(root)"]?.status == .problem)
        let file = folder.path + "/lorad.yaml"
        try folder.write("", to: "lorad.yaml", mode: 0o666)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
        let open = Doctor(WorkerConfiguration(), file: file, environment: [:]).findings()
        #expect(open.contains { $0.name == "permissions lorad.yaml" && $0.status == .problem })
        #expect(try findings(folders)["watch"]?.value.contains("max_queued_events") == true)
        #expect(SystemCheck.timeZones().status == .ok)
        #expect(SystemCheck.timeZones { $0 != "Europe/Berlin" }.advice?.contains("tzdata") == true)
        #expect(SystemCheck.processes().status == .ok)
        #expect(SystemCheck.processes { throw WorkerError(.configuration, "No /proc.") }.status == .problem)
        #expect(LibraryCheck.certificates(at: ["/none", folder.path]).value == folder.path)
        #expect(LibraryCheck.certificates(at: ["/none"]).advice?.contains("ca-certificates") == true)
    }

    @Test("A hook's proxy and what it lets through are shown; a file of secrets that others can read is a problem")
    func secrets() throws {
        let yaml =
            folders + """
                hooks:
                  - {name: good, kind: generic, url_env: U, proxy_env: P, allow_http: true, allow_private: true}
                  - {name: bad, kind: generic, url_env: U, proxy_env: NONE}
                """
        let found = try findings(yaml, environment: ["U": "https://a.example/x", "P": "http://T0PSECRET:3128"])
        let good = try #require(found["hook good"])
        for words in ["through the proxy in the environment variable P", "plain http", "private addresses"] {
            #expect(good.value.contains(words), "\(words)")
        }
        #expect(!"\(found)".contains("T0PSECRET"))
        #expect(found["hook bad"]?.status == .problem && found["hook bad"]?.value.contains("NONE") == true)
        for (mode, status) in [(0o600, Finding.Status.ok), (0o640, .problem)] {
            try folder.write("U=https://a.example/x", to: "secrets.env", mode: mode)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path + "/secrets.env")
            let finding = SystemCheck.secrets(folder.path + "/secrets.env")
            #expect(finding?.status == status)
        }
        #expect(SystemCheck.secrets(folder.path + "/none") == nil)
    }

    @Test("What a processor, a thread count or a BLAS build costs is said")
    func machine() {
        #expect(MachineCheck.features("flags\t\t: fpu sse2 avx2 fma avx512_bf16\n").value == "avx2 fma avx512_bf16")
        #expect(MachineCheck.features("flags\t\t: fpu sse2\n").status == .warning)
        #expect(MachineCheck.features("Features\t: fp asimd bf16\n").status == .ok)
        #expect(MachineCheck.threads(2, cores: 2).status == .ok)
        #expect(MachineCheck.threads(1, cores: 2).status == .warning)
        #expect(MachineCheck.threads(4, cores: 2).status == .warning)
        let (old, haswell, skylake) = ("flags: sse2", "flags: sse2 avx2 fma", "flags: avx2 fma avx512f")
        #expect(MachineCheck.core("SkylakeX", skylake).status == .ok)
        #expect(MachineCheck.core("Cooperlake", skylake).advice?.contains("SkylakeX") == true)
        #expect(MachineCheck.core("Prescott", skylake).advice?.contains("=SkylakeX") == true)
        #expect(MachineCheck.core("Prescott", haswell).advice?.contains("=Haswell") == true)
        #expect(MachineCheck.core("Prescott", old).status == .ok)
        #expect(MachineCheck.bfloat16(nil).value.hasPrefix("stored only"))
        #expect(MachineCheck.bfloat16(1.9, elsewhere: "x86-64-v4").status == .ok)
        #expect(MachineCheck.bfloat16(0.95, elsewhere: "x86-64-v4").status == .ok)
        let slow = MachineCheck.bfloat16(0.52, elsewhere: "x86-64-v4")
        #expect(slow.status == .warning && slow.value.contains("0.5 times"))
        #expect(slow.advice?.contains("LORAD_KERNELS=x86-64-v4 ") == true)
        #expect(MachineCheck.blas("OpenBLAS 0.3.21 NO_LAPACKE MAX_THREADS=64", threads: 64).status == .ok)
        #expect(MachineCheck.blas("OpenBLAS 0.3.21 NO_LAPACKE MAX_THREADS=2", threads: 4).status == .warning)
    }
}

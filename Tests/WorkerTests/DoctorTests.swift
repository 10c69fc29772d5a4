import Foundation
import Manifests
import Pipeline
import Testing
import Worker

@Suite("lorad doctor")
struct DoctorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

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

    @Test("A schedule's entry shows its next time, and a manifest that cannot be submitted is a problem")
    func schedule() throws {
        let entry =
            "schedule: [{name: nightly, cron: \"30 2 * * *\", time_zone: UTC, manifest: \(folder.path)/none.yaml}]"
        let finding = try findings(folders + entry)["schedule nightly"]
        #expect(finding?.status == .problem)
        #expect(finding?.value.contains("T02:30:00") == true && finding?.value.contains("none.yaml") == true)
    }

    @Test(
        "Inbox and state on different file systems are a problem",
        .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm"), "needs a second file system"))
    func twoFileSystems() throws {
        let findings = try findings("inbox: /dev/shm/lorad-\(UUID())\nstate: \(folder.path)/state\n")
        #expect(findings["file_system"]?.status == .problem)
        #expect(findings["file_system"]?.advice?.contains("rename") == true)
    }

    @Test("A damaged hash cache is a warning, an absent and a whole one are not")
    func cache() throws {
        #expect(try findings(folders)["hash_cache"]?.status == .ok)
        try FileManager.default.createDirectory(atPath: folder.path + "/state", withIntermediateDirectories: true)
        try folder.write("{\"a\": 1}", to: "state/hashes.json")
        #expect(try findings(folders)["hash_cache"]?.status == .warning)
        try folder.write("{}", to: "state/hashes.json")
        #expect(try findings(folders)["hash_cache"]?.value.contains("0 files") == true)
    }

    @Test("What a processor, a thread count or a BLAS build costs is said")
    func machine() {
        #expect(MachineCheck.features("flags\t\t: fpu sse2 avx2 fma avx512_bf16\n").value == "avx2 fma avx512_bf16")
        #expect(MachineCheck.features("flags\t\t: fpu sse2\n").status == .warning)
        #expect(MachineCheck.features("Features\t: fp asimd bf16\n").status == .ok)
        #expect(MachineCheck.threads(2, cores: 2).status == .ok)
        #expect(MachineCheck.threads(1, cores: 2).status == .warning)
        #expect(MachineCheck.threads(4, cores: 2).status == .warning)
        #expect(MachineCheck.core("SkylakeX").status == .ok)
        #expect(MachineCheck.core("Cooperlake").advice?.contains("SkylakeX") == true)
        #expect(MachineCheck.blas("OpenBLAS 0.3.21 NO_LAPACKE MAX_THREADS=64", threads: 64).status == .ok)
        #expect(MachineCheck.blas("OpenBLAS 0.3.21 NO_LAPACKE MAX_THREADS=2", threads: 4).status == .warning)
    }
}

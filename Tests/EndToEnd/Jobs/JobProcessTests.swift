import Executors
import Foundation
import ModelFiles
import TestSupport
import Testing
import Worker

/// Jobs in processes of their own: killed, limited, starved of disk. `scripts/chaos` does the same for longer.
@Suite("Job processes, by the built program", .serialized)
struct JobProcessTests {
    private static let settings = """
        threads: 1
        quiet_time: 0.05
        limits: {free_disk_mib: 0}
        jobs: {retries: 100, retry_wait: 0.05, longest_retry_wait: 0.1, worker_deaths: 100}

        """

    private func prepared(_ folder: String, settings: String = settings) throws -> LoradProcess {
        let lorad = try LoradProcess(folder: folder)
        try lorad.write(settings, to: "lorad.yaml")
        return lorad
    }

    private func manifest(_ lorad: LoradProcess, _ name: String, hash: String, steps: Int) -> String {
        lorad.manifest(sha256: hash, steps: steps, checkpointEvery: 50)
            .replacingOccurrences(of: "name: tiny", with: "name: \(name)")
    }

    private func adapter(_ lorad: LoradProcess, _ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: lorad.folder + "/outbox/\(name)/latest/adapter_model.safetensors"))
    }

    private func runs(_ lorad: LoradProcess, _ name: String) -> [String] {
        lorad.list("outbox/\(name)").filter { $0.hasPrefix("2") }
    }

    @Test("Worker and job processes killed again and again: each job has one whole run, of an undisturbed run's bytes")
    func kills() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let hash = try lorad.hash()
            let names = ["a", "b", "c", "d"]
            try lorad.write(manifest(lorad, "undisturbed", hash: hash, steps: 2_000), to: "inbox/undisturbed.yaml")
            #expect(try lorad.run("watch", "--once").status == 0)
            for name in names {
                try lorad.write(manifest(lorad, name, hash: hash, steps: 2_000), to: "inbox/\(name).yaml")
            }
            var chance = SplitMix(state: 7)
            for round in 0..<8 {
                let worker = try lorad.start(["watch", "--once"])
                Thread.sleep(forTimeInterval: 0.15 + 0.5 * chance.unit())
                if round % 2 == 0, let job = JobProcesses.pids(in: folder).first { kill(job, SIGKILL) }
                Thread.sleep(forTimeInterval: 0.3 * chance.unit())
                worker.send(SIGKILL)
                _ = try worker.wait()
                #expect(eventually { JobProcesses.pids(in: folder).isEmpty })
            }
            let last = try eventually(within: 120) { try lorad.run("watch", "--once").status != 75 }
            #expect(last)
            for name in names {
                #expect(runs(lorad, name).count == 1)
                #expect(try adapter(lorad, name) == adapter(lorad, "undisturbed"))
                #expect(try lorad.run("verify", "outbox/\(name)/latest").status == 0)
            }
        }
    }

    @Test("A running job shows its process, memory and heartbeat, has no secret to tell, and dies with its worker")
    func heartbeatAndSecrets() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(
                folder,
                settings: Self.settings.replacingOccurrences(
                    of: "retries: 100,", with: "retries: 100, heartbeat: 0.1,"))
            try lorad.write(manifest(lorad, "long", hash: lorad.hash(), steps: 1_000_000), to: "inbox/long.yaml")
            let worker = try lorad.start(["watch"], environment: ["TEAM_CHAT": "https://hooks.example/secret"])
            let beats = eventually(within: 60) {
                // Until the manifest is taken there is no such job, and no answer.
                let status = try? JSONReader.parse(lorad.run("status", "long", "--json").output, name: "status")
                let job = status?.arrayValue?.first
                return job?["heartbeat_at"] != nil && (job?["memory_bytes"]?.intValue ?? 0) > 1_000_000
                    && job?["pid"]?.intValue.map(Int32.init) == JobProcesses.pids(in: folder).first
            }
            #expect(beats, "\(worker.errors)")
            #expect(try lorad.run("status").output.contains("heartbeat"))
            let job = try #require(JobProcesses.pids(in: folder).first)
            for file in ["environ", "cmdline"] {
                let text = String(
                    decoding: FileManager.default.contents(atPath: "/proc/\(job)/\(file)") ?? Data(), as: UTF8.self)
                #expect(!text.isEmpty && !text.contains("secret"))
            }
            // The worker still has it, for the hooks that SIGHUP may name, and shows it to nobody.
            let own = FileManager.default.contents(atPath: "/proc/\(worker.pid)/environ") ?? Data()
            #expect(!own.contains { $0 != 0 }, "\(String(decoding: own, as: UTF8.self))")
            let confined = try String(contentsOfFile: "/proc/\(job)/status", encoding: .utf8)
            #expect(confined.contains("NoNewPrivs:\t1"))
            if case .holds = Confinement.available.seccomp { #expect(confined.contains("Seccomp:\t2")) }
            worker.send(SIGKILL)
            _ = try worker.wait()
            #expect(eventually { JobProcesses.pids(in: folder).isEmpty })
        }
    }

    @Test("A job's process is confined, its run says by what, and the hashes that it found are remembered for the next")
    func confinement() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let hash = try lorad.hash()
            // A hub's cache keeps a base as links to files elsewhere.
            try FileManager.default.createDirectory(atPath: folder + "/blobs", withIntermediateDirectories: true)
            try FileManager.default.moveItem(atPath: folder + "/base/model.safetensors", toPath: folder + "/blobs/1")
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/base/model.safetensors", withDestinationPath: "../blobs/1")
            for file in ["base/config.json", "blobs/1"] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: "\(folder)/\(file)")
            }
            try? FileManager.default.removeItem(atPath: folder + "/.lorad/hashes.json")
            // Nothing is remembered of a file that was changed a moment ago, by the time that only the kernel sets.
            Thread.sleep(forTimeInterval: 2.1)
            let text = manifest(lorad, "a", hash: hash, steps: 6) + "\nmerge: {export: safetensors}\n"
            try lorad.write(text, to: "inbox/a.yaml")
            let worker = try lorad.run("watch", "--once")
            #expect(worker.status == 0, "\(worker.errors)")
            let provenance = try JSONReader.parse(file: folder + "/outbox/a/latest/provenance.json")
            let available = Confinement.available
            #expect(provenance["confinement"]?["landlock"]?.stringValue == available.landlock.description)
            #expect(provenance["confinement"]?["seccomp"]?.stringValue == available.seccomp.description)
            let cache = try lorad.read(".lorad/hashes.json")
            #expect(cache.contains("blobs/1"))
            #expect(lorad.list(".lorad/jobs/" + (lorad.list(".lorad/jobs").first ?? "")) == ["log"])
            // A run in the foreground is not confined, and does not say that it is.
            try lorad.write(manifest(lorad, "b", hash: hash, steps: 2), to: "b.yaml")
            #expect(try lorad.run("run", "b.yaml").status == 0)
            #expect(try JSONReader.parse(file: folder + "/outbox/b/latest/provenance.json")["confinement"] == nil)
        }
    }

    @Test("A rejected job leaves no folder in the outbox")
    func rejectedLeavesNothing() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            try lorad.write(manifest(lorad, "a", hash: String(repeating: "0", count: 64), steps: 6), to: "inbox/a.yaml")
            _ = try lorad.run("watch", "--once")
            #expect(!FileManager.default.fileExists(atPath: folder + "/outbox/a"))
        }
    }

    @Test("A job predicted to need more memory than allowed is refused before training, and told what to lower")
    func memoryLimit() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder, settings: "threads: 1\nlimits: {memory_mib: 64, free_disk_mib: 0}\n")
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 65)
            #expect(run.errors.contains("limits.memory_mib of lorad.yaml allows 64 MiB"))
            #expect(run.errors.contains("training.batch_size") && run.errors.contains("activation_checkpointing"))
            #expect(!run.errors.contains("train: started"))
        }
    }

    @Test("Without room no job is started, and --once says so with 75; with room it runs")
    func disk() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(
                folder, settings: "threads: 1\nquiet_time: 0.05\nlimits: {free_disk_mib: 1073741824}\n")
            try lorad.write(manifest(lorad, "a", hash: lorad.hash(), steps: 6), to: "inbox/a.yaml")
            let starved = try lorad.run("watch", "--once")
            #expect(starved.status == 75)
            #expect(starved.errors.contains("limits.free_disk_mib is 1073741824"))
            #expect(lorad.list("outbox/a").isEmpty)
            try lorad.write(Self.settings, to: "lorad.yaml")
            #expect(try lorad.run("watch", "--once").status == 0)
            #expect(runs(lorad, "a").count == 1)
        }
    }

    /// Mounting needs root.
    private static let mayMount = getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/bin/mount")

    @Test(
        "An outbox that runs full shows nothing half-made, and the job succeeds once it has room",
        .enabled(if: mayMount))
    func fullOutbox() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let outbox = folder + "/outbox"
            // No right to mount in this container: the disk row of scripts/chaos is for machines where there is.
            guard try command("/bin/mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", outbox) == 0 else { return }
            defer { _ = try? command("/bin/umount", "-l", outbox) }
            try lorad.write(manifest(lorad, "a", hash: lorad.hash(), steps: 6), to: "job.yaml")
            let ballast = FileManager.default
            try #require(ballast.createFile(atPath: outbox + "/ballast", contents: Data(count: 15_000_000)))
            #expect(try lorad.run("submit", "job.yaml").status == 0)
            let worker = try lorad.start(["watch"])
            let faulted = eventually(within: 60) { worker.errors.contains("Tried again in") }
            #expect(faulted, "\(worker.errors)")
            #expect(runs(lorad, "a").filter { !$0.hasPrefix(".") }.isEmpty)
            try ballast.removeItem(atPath: outbox + "/ballast")
            let succeeded = eventually(within: 60) { worker.errors.contains("a succeeded") }
            #expect(succeeded, "\(worker.errors)")
            #expect(runs(lorad, "a").count == 1)
            #expect(try lorad.run("verify", "outbox/a/latest").status == 0)
            worker.terminate()
            #expect(try worker.wait().status == 0)
        }
    }

    private func command(_ path: String, _ arguments: String...) throws -> Int32 {
        let process = try Process.run(URL(fileURLWithPath: path), arguments: arguments)
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test("submit tells of a job of the same content, and --again makes another; --priority is in the manifest")
    func again() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            // Older than any job: a file that changed after a job's start would make a job of its own.
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            Thread.sleep(forTimeInterval: 0.05)
            #expect(try lorad.run("submit", "job.yaml", "--priority", "7").status == 0)
            #expect(try lorad.run("watch", "--once").status == 0)
            let repeated = try lorad.run("submit", "job.yaml", "--priority", "7")
            #expect(repeated.status == 0 && repeated.errors.contains("--again"))
            #expect(lorad.list("inbox").isEmpty)
            #expect(try lorad.run("submit", "job.yaml", "--priority", "7", "--again").status == 0)
            #expect(try lorad.run("watch", "--once").status == 0)
            let jobs = try JSONReader.parse(lorad.run("status", "--json").output, name: "status").arrayValue ?? []
            #expect(jobs.map { $0["priority"]?.intValue } == [7, 7])
            #expect(runs(lorad, "tiny").count == 2)
            let backup = try lorad.run("backup")
            #expect(backup.status == 0 && backup.output.contains(".lorad/backups/ledger-"))
        }
    }
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014). The same kills in every run.
private struct SplitMix {
    var state: UInt64

    mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((value ^ (value >> 31)) >> 11) / 9_007_199_254_740_992
    }
}

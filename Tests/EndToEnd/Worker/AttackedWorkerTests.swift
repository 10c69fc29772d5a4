import Foundation
import Glibc
import TestSupport
import Testing

/// A worker among accounts that mean it no good, and short of what the system gives.
@Suite("A worker under attack")
struct AttackedWorkerTests {
    /// Starts `lorad` with few descriptors.
    private func start(_ lorad: LoradProcess, descriptors: Int, _ arguments: String) throws -> RunningProcess {
        // Without Swift's reporter of crashes, which needs descriptors itself.
        try RunningProcess(
            "/bin/sh", ["-c", "ulimit -n \(descriptors) && exec \(LoradProcess.binary) \(arguments)"],
            folder: lorad.folder, environment: ["SWIFT_BACKTRACE": "enable=no"])
    }

    @Test("300 half-open requests end neither the worker, which has 96 descriptors, nor its monitor, nor its jobs")
    func halfOpen() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let port = UInt16.random(in: 20_000..<30_000)
            try lorad.write(lorad.read("lorad.yaml") + "monitor: {port: \(port)}\n", to: "lorad.yaml")
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "job.yaml")
            let worker = try start(lorad, descriptors: 96, "watch")
            defer { worker.send(SIGKILL) }
            let health = ["-s", "-o", "/dev/null", "-m", "5", "-w", "%{http_code}", "http://127.0.0.1:\(port)/healthz"]
            func isWell() throws -> Bool {
                try RunningProcess("/usr/bin/curl", health, folder: folder).wait().output == "200"
            }
            try #require(try eventually(within: 60) { try isWell() }, "\(worker.errors)")
            var connections: [Int32] = []
            defer { for descriptor in connections { close(descriptor) } }
            for _ in 0..<300 {
                guard let descriptor = connectToLoopback(port, blocks: false) else { continue }
                connections.append(descriptor)
                let request = Array("GET /healthz HTTP/1.1\r\nX: ".utf8)
                _ = send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
            }
            #expect(try lorad.run("submit", "job.yaml").status == 0)
            #expect(eventually(within: 120) { lorad.list("outbox/tiny").contains("latest") }, "\(worker.errors)")
            #expect(try eventually(within: 30) { try isWell() })
            worker.terminate()
            #expect(try worker.wait().status == 0)
        }
    }

    @Test(
        "A worker without descriptors ends as one to be started again, not as one whose folders are wrong",
        arguments: [5, 6, 7, 9, 10, 11, 12, 14, 15, 17, 20, 21, 22])
    func fewDescriptors(_ count: Int) throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let worker = try start(lorad, descriptors: count, "watch")
            defer { worker.send(SIGKILL) }
            // Where the descriptors do, the worker waits for what it has none for, and goes on.
            _ = eventually(within: 3) { !worker.isRunning }
            worker.terminate()
            let outcome = try worker.wait()
            #expect(![1, 64, 65, 66].contains(outcome.status), "\(outcome.status): \(outcome.errors)")
        }
    }

    @Test("Under umask 0 the state folder and all in it is still nobody else's")
    func umask() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "inbox/job.yaml")
            let script = "umask 0 && exec \(LoradProcess.binary) watch --once"
            #expect(try RunningProcess("/bin/sh", ["-c", script], folder: folder).wait().status == 0)
            let state = folder + "/.lorad"
            let names = try #require(FileManager.default.enumerator(atPath: state)).compactMap { $0 as? String }
            try #require(names.contains("ledger.sqlite") && names.contains { $0.hasPrefix("jobs/") })
            for path in [state] + names.map({ state + "/" + $0 }) {
                var status = stat()
                #expect(lstat(path, &status) == 0 && status.st_mode & 0o077 == 0, "\(path)")
            }
            var status = stat()
            #expect(lstat(folder + "/outbox/tiny/.lock", &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
    }

    @Test("Whoever only asks, in a folder where no worker ever was, makes nothing there")
    func asking() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let before = lorad.list(".").filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") }
            for (arguments, status) in [
                (["status"], 0), (["status", "a"], 66), (["logs", "a"], 66), (["cancel", "a"], 66),
                (["retry", "a"], 66), (["resume"], 0), (["backup"], 66), (["webhooks", "list"], 0), (["doctor"], 0),
                (["webhooks", "replay", "msg_a"], 65),
            ] as [([String], Int32)] {
                #expect(try lorad.run(arguments).status == status, "\(arguments)")
            }
            #expect(lorad.list(".").filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") } == before)
            #expect(lorad.list("outbox").isEmpty)
        }
    }

    @Test("systemd starts a worker again after any fault but those that mean wrong usage, configuration or folders")
    func unit() throws {
        let unit = try String(contentsOfFile: Fixtures.root + "/packaging/systemd/lorad.service", encoding: .utf8)
        let lines = unit.split(separator: "\n")
        #expect(lines.contains("RestartPreventExitStatus=64 65 66") && lines.contains("Restart=on-failure"))
    }
}

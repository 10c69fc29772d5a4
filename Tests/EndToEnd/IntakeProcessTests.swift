import Foundation
import TestSupport
import Testing

@Suite("The process that reads manifests, by the built program", .serialized)
struct IntakeProcessTests {
    private func prepared(_ folder: String) throws -> LoradProcess {
        let lorad = try LoradProcess(folder: folder)
        try lorad.write("threads: 1\nquiet_time: 0.05\nlimits: {free_disk_mib: 0}\n", to: "lorad.yaml")
        return lorad
    }

    private func readers(_ folder: String) -> [Int32] { JobProcesses.pids(in: folder, running: "intake-process") }

    @Test("It reads one manifest after the other, is replaced when somebody kills it, and dies with its worker")
    func replaced() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let worker = try lorad.start(["watch"])
            func drop(_ name: String) throws -> Bool {
                try lorad.write("name: \(name)\n", to: "inbox/\(name).yaml")
                return eventually(within: 60) {
                    lorad.list("outbox/rejected").contains { $0.hasPrefix(name + ".yaml") }
                }
            }
            #expect(try drop("a"), "\(worker.errors)")
            let first = readers(folder)
            try #require(first.count == 1)
            #expect(try drop("b"), "\(worker.errors)")
            #expect(readers(folder) == first)
            #expect(kill(first[0], SIGKILL) == 0)
            #expect(try drop("c"), "\(worker.errors)")
            let second = readers(folder)
            #expect(second.count == 1 && second != first)
            worker.send(SIGKILL)
            _ = try worker.wait()
            #expect(eventually { readers(folder).isEmpty })
        }
    }

    @Test("A path of 60,000 parts does not keep the worker from heeding SIGTERM, and its manifest is rejected")
    func endlessPath() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let worker = try lorad.start(["watch"])
            #expect(eventually(within: 60) { lorad.list(".lorad").contains("ledger.sqlite") })
            let path = String(repeating: "a/", count: 60_000)
            try lorad.write(
                lorad.manifest(sha256: String(repeating: "a", count: 64))
                    .replacingOccurrences(of: "data/train.jsonl", with: path), to: "inbox/long.yaml")
            #expect(eventually(within: 60) { lorad.list("inbox").isEmpty }, "\(worker.errors)")
            Thread.sleep(forTimeInterval: 1)
            worker.terminate()
            #expect(try worker.wait(within: 10).status == 0)
            let next = try lorad.run("watch", "--once")
            #expect(next.status == 0, "\(next.errors)")
            #expect(lorad.list("outbox/rejected").count == 1)
            #expect(lorad.list(".lorad/claimed").isEmpty)
        }
    }
}

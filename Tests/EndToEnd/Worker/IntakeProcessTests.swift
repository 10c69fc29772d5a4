import Executors
import Foundation
import Manifests
import ModelFiles
import TestSupport
import Testing
import Worker

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

    @Test(
        "It is confined before it is given anything: no new rights, a filter of system calls",
        .enabled(if: isHeld(Confinement.available.seccomp), "the kernel has no seccomp"))
    func confined() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let worker = try lorad.start(["watch"])
            try lorad.write("name: a\n", to: "inbox/a.yaml")
            #expect(eventually(within: 60) { !lorad.list("outbox/rejected").isEmpty }, "\(worker.errors)")
            let pid = try #require(readers(folder).first)
            let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            #expect(status.contains("NoNewPrivs:\t1") && status.contains("Seccomp:\t2"), "\(status)")
            // Each of its threads: the filter and Landlock hold for those that were started before for themselves alone.
            let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")
            #expect(threads.count >= 2)
            for thread in threads {
                let status = try String(contentsOfFile: "/proc/\(pid)/task/\(thread)/status", encoding: .utf8)
                #expect(status.contains("NoNewPrivs:\t1") && status.contains("Seccomp:\t2"), "\(status)")
            }
            worker.terminate()
            #expect(try worker.wait().status == 0)
        }
    }

    /// The built program's reader, without a worker.
    private func reader(_ folder: String) -> IntakeChild {
        IntakeChild(
            executable: LoradProcess.binary, arguments: ["intake-process"],
            // As the worker starts it: OpenBLAS would start threads before it can be confined.
            environment: ["PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"],
            errorFile: folder + "/intake.stderr")
    }

    /// Those that `reader` started, by where their errors go.
    private func ownReaders(_ folder: String) -> [Int32] {
        let files = FileManager.default
        let errors = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path + "/intake.stderr"
        return ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int32.init).filter {
            $0 != getpid() && (try? files.destinationOfSymbolicLink(atPath: "/proc/\($0)/fd/2")) == errors
        }
    }

    private func configuration(_ folder: String, roots: [String]) -> WorkerConfiguration {
        var configuration = WorkerConfiguration()
        configuration.state = folder + "/.lorad"
        configuration.pipelines = folder + "/pipelines"
        configuration.allowedRoots = roots.map { folder + "/" + $0 }
        return configuration
    }

    private static func isHeld(_ layer: Confinement.Layer) -> Bool { if case .holds = layer { true } else { false } }

    @Test(
        "What a manifest makes it open outside of roots and pipelines the kernel refuses, and nothing of it is told",
        .enabled(if: isHeld(Confinement.available.landlock), "the kernel has no Landlock that is good enough"))
    func outside() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            try FileManager.default.createDirectory(atPath: folder + "/claimed/1", withIntermediateDirectories: true)
            // A file of the pipelines' folder is named by a manifest and judged by no rule of lorad's own.
            try lorad.write("very_secret_word: 1\n", to: "secret.yaml")
            for (name, target) in [("leak", "../secret.yaml"), ("hosts", "/etc/passwd")] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/pipelines/\(name).yaml", withDestinationPath: target)
            }
            let reader = reader(folder)
            for name in ["leak", "hosts"] {
                try lorad.write("name: a\npipeline: \(name)\n", to: "claimed/1/a.yaml")
                let answer = try reader.answer(
                    IntakeOrder(
                        .inspect(path: folder + "/claimed/1/a.yaml", name: "a.yaml", rule: nil),
                        configuration(folder, roots: ["data", "base"])), isWanted: { true })
                guard case .inspected(let inspection) = answer, case .rejected(let lines) = inspection.verdict else {
                    Issue.record("\(answer)")
                    continue
                }
                let text = lines.joined(separator: "\n")
                #expect(text.contains("cannot be read"), "\(text)")
                #expect(!text.contains("very_secret_word") && !text.contains("root:"), "\(text)")
            }
        }
    }

    @Test("A root that is another folder by now is read all the same: by a new process")
    func replacedRoot() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let files = FileManager.default
            for name in ["claimed/1", "v1", "v2"] {
                try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            try files.moveItem(atPath: folder + "/base", toPath: folder + "/v1/base")
            try files.copyItem(atPath: folder + "/v1/base", toPath: folder + "/v2/base")
            try files.copyItem(atPath: folder + "/data", toPath: folder + "/v2/data")
            try files.moveItem(atPath: folder + "/data", toPath: folder + "/v1/data")
            try files.createSymbolicLink(atPath: folder + "/now", withDestinationPath: "v1")
            let manifest = lorad.manifest(sha256: String(repeating: "a", count: 64))
            let text = ["base, sha", "data/t"].reduce(manifest) { text, place in
                text.replacingOccurrences(of: place, with: "\(folder)/now/\(place)")
            }
            try lorad.write(text, to: "claimed/1/a.yaml")
            let reader = reader(folder)
            func isAccepted() throws -> Bool {
                let order = IntakeOrder(
                    .inspect(path: folder + "/claimed/1/a.yaml", name: "a.yaml", rule: nil),
                    configuration(folder, roots: ["now"]))
                let answer = try reader.answer(order, isWanted: { true })
                guard case .inspected(let inspection) = answer, case .accepted = inspection.verdict else {
                    Issue.record("\(answer)")
                    return false
                }
                return true
            }
            #expect(try isAccepted())
            let first = ownReaders(folder)
            #expect(first.count == 1)
            #expect(try isAccepted())
            #expect(ownReaders(folder) == first)
            try files.removeItem(atPath: folder + "/now")
            try files.createSymbolicLink(atPath: folder + "/now", withDestinationPath: "v2")
            #expect(try isAccepted())
            #expect(ownReaders(folder) != first)
        }
    }

    @Test("A comparison reads bases and rows, writes nothing, and says which hashes it had to find out")
    func comparison() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 0, "\(run.errors)")
            try? FileManager.default.removeItem(atPath: folder + "/.lorad/hashes.json")
            // Nothing is remembered of a file that was changed a moment ago.
            Thread.sleep(forTimeInterval: 2.1)
            let text = ["base, sha", "data/t"].reduce(try lorad.read("job.yaml")) { text, place in
                text.replacingOccurrences(of: place, with: "\(folder)/\(place)")
            }
            let published = try #require(lorad.list("outbox/tiny").first { !$0.hasPrefix(".") && $0 != "latest" })
            func order(_ hashes: String?) -> IntakeOrder {
                IntakeOrder(
                    .compare(text: text, path: "job.yaml", run: "\(folder)/outbox/tiny/\(published)", hashes: hashes),
                    configuration(folder, roots: ["data", "base"]))
            }
            let reader = reader(folder)
            guard case .compared(nil, let hashes?) = try reader.answer(order(nil), isWanted: { true }) else {
                Issue.record("\(try reader.answer(order(nil), isWanted: { true }))")
                return
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/.lorad/hashes.json"))
            let cache = HashCache(file: folder + "/.lorad/hashes.json")
            cache.adopt(Data(hashes.utf8), under: [folder + "/base", folder + "/data"])
            guard case .entries(let count) = cache.state, count >= 3 else {
                Issue.record("\(cache.state) of \(hashes)")
                return
            }
            let known = cache.known(under: [folder + "/base", folder + "/data"])
            #expect(
                try reader.answer(order(known), isWanted: { true }) == .compared(difference: nil),
                "none had to be found")
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

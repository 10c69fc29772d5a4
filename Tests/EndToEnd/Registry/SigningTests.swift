import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Signed runs, by the built program", .serialized)
struct SigningTests {
    @Test("A worker's run is signed by the key that lorad.yaml names, which no job sees; verify says by whom")
    func signs() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            for name in ["private.pem", "public.pem", "other-public.pem"] {
                try FileManager.default.copyItem(atPath: Fixtures.path("signing/\(name)"), toPath: "\(folder)/\(name)")
            }
            let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
            try FileManager.default.setAttributes(mode, ofItemAtPath: folder + "/private.pem")
            try lorad.write(
                "threads: 1\nquiet_time: 0.1\nlimits: {free_disk_mib: 0}\nsigning: {key_file: private.pem}\n",
                to: "lorad.yaml")
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "job.yaml")
            #expect(try lorad.run("submit", "job.yaml").status == 0)
            #expect(try lorad.run("watch", "--once").status == 0)
            let run = try #require(lorad.list("outbox/tiny").first { $0.contains("Z-") })
            let files = lorad.list("outbox/tiny/\(run)")
            for name in ["model.sig", "provenance.intoto.json", "provenance.intoto.jsonl", "junit.xml"] {
                #expect(files.contains(name), "\(name)")
            }
            let sums = try lorad.read("outbox/tiny/\(run)/SHA256SUMS")
            #expect(sums.contains("provenance.intoto.json\n") && !sums.contains("model.sig"))

            func verify(_ arguments: String...) throws -> RunningProcess.Outcome {
                try lorad.run(["verify", "tiny@1"] + arguments)
            }
            let signed = try verify("--key", "public.pem")
            #expect(
                signed.status == 0 && signed.output.contains("provenance: every file is signed"), "\(signed.output)")
            let other = try verify("--key", "other-public.pem")
            #expect(other.status == 65 && other.output.contains("is not signed by this key"), "\(other.output)")
            let unnamed = try verify()
            #expect(unnamed.status == 0 && unnamed.output.contains("--key says by whom"), "\(unnamed.output)")
            #expect(try verify("--key", "private.pem").status == 64)

            // The key is no job's to read, though it lies where data does.
            try lorad.write(
                lorad.manifest(sha256: lorad.hash()).replacing("data/train.jsonl", with: "private.pem"),
                to: "thief.yaml")
            let thief = try lorad.run("validate", "thief.yaml")
            #expect(thief.status == 65 && thief.errors.contains("private.pem"), "\(thief.errors)")

            // By hand too; and a key that others can read is refused before any work.
            #expect(try lorad.run("run", "job.yaml", "--set", "training.seed=3").status == 0)
            #expect(try lorad.run("verify", "tiny@2", "--key", "public.pem").status == 0)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/private.pem")
            let open = try lorad.run("run", "job.yaml", "--set", "training.seed=4")
            #expect(open.status == 65 && open.errors.contains("can be read by others"), "\(open.errors)")
            #expect(lorad.list("outbox/tiny").count { $0.contains("Z-") } == 2)
            // Nor does the ledger know of a job that was never begun.
            let jobs = try JSONReader.parse(lorad.run("status", "--json").output, name: "status").arrayValue ?? []
            #expect(jobs.count == 2 && jobs.allSatisfy { $0["state"]?.stringValue == "succeeded" })
        }
    }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("lorad reproduce, by the built program", .serialized)
struct ReproduceCommandTests {
    private func json(_ outcome: RunningProcess.Outcome) throws -> JSONValue {
        try JSONReader.parse(outcome.output, name: "answer")
    }

    @Test("A run is made again to the same bytes, however many threads there are; the ledger hears nothing of it")
    func same() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(
                lorad.manifest(sha256: lorad.hash(), extra: "merge: {export: safetensors}\n"), to: "job.yaml")
            #expect(try lorad.run("run", "job.yaml").status == 0)
            try lorad.write("threads: 2\nlimits: {free_disk_mib: 0}\n", to: "lorad.yaml")
            let outcome = try lorad.run("reproduce", "outbox/tiny/latest", "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let answer = try json(outcome)
            #expect(answer["reproduced"]?.boolValue == true && answer["tensors_that_differ"]?.intValue == 0)
            #expect(answer["differences"]?.arrayValue?.isEmpty == true)
            #expect(answer["published_sha256"]?.stringValue == answer["made_again_sha256"]?.stringValue)
            #expect(lorad.list(".lorad/reproductions").isEmpty)
            #expect(try json(lorad.run("status", "--json")).arrayValue?.count == 1)
            #expect(try json(lorad.run("registry", "list", "tiny", "--json")).arrayValue?.count == 1)
            #expect(try lorad.run("reproduce", "tiny@1", "--keep", "again").status == 0)
            #expect(lorad.list("again/outbox").contains("tiny"))
        }
    }

    @Test("An adapter that is another one is said to be, with how far it is away, though its checksums agree")
    func other() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            #expect(try lorad.run("run", "job.yaml").status == 0)
            // As of an adapter that other steps made: the manifest says one seed, the bytes are of another.
            let run = try #require(lorad.list("outbox/tiny").first { $0.hasPrefix("2") })
            let manifest = try lorad.read("outbox/tiny/\(run)/manifest.yaml")
            try #require(manifest.contains("seed: 42"))
            try lorad.write(manifest.replacing("seed: 42", with: "seed: 43"), to: "outbox/tiny/\(run)/manifest.yaml")
            try lorad.listAnew("outbox/tiny/\(run)")
            let outcome = try lorad.run("reproduce", "outbox/tiny/\(run)", "--json")
            #expect(outcome.status == 1, "\(outcome.errors)")
            let answer = try json(outcome)
            #expect(answer["reproduced"]?.boolValue == false)
            #expect(answer["tensors_that_differ"]?.intValue == answer["tensors"]?.intValue)
            #expect((answer["largest_difference"]?.doubleValue ?? 0) > 0)
        }
    }

    @Test("Data that are gone or others, an altered run, and a failed one are refused before anything is trained")
    func refused() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "job.yaml")
            #expect(try lorad.run("run", "job.yaml").status == 0)
            let train = try lorad.read("data/train.jsonl")
            try lorad.write(train + "\n", to: "data/train.jsonl")
            try FileManager.default.removeItem(atPath: folder + "/data/test.jsonl")
            let data = try lorad.run("reproduce", "outbox/tiny/latest")
            #expect(data.status == 65, "\(data.errors)")
            #expect(data.errors.contains("data/train.jsonl is another file"), "\(data.errors)")
            #expect(data.errors.contains("data/test.jsonl is not there") && !data.errors.contains("train: started"))
            let run = try #require(lorad.list("outbox/tiny").first { $0.hasPrefix("2") })
            try lorad.write("{}", to: "outbox/tiny/\(run)/adapter_config.json")
            let altered = try lorad.run("reproduce", "outbox/tiny/\(run)")
            #expect(altered.status == 65 && altered.errors.contains("adapter_config.json is changed"))
            #expect(try lorad.run("reproduce", "outbox/none").status == 66)
        }
    }
}

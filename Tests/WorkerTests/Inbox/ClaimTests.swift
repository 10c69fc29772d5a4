import Foundation
import Ledger
import LedgerSupport
import Synchronization
import Testing
import Worker

@Suite("Claim")
struct ClaimTests {
    @Test("Of many that reach for the same manifests each is claimed once")
    func race() throws {
        let bench = try WorkerBench()
        let names = (0..<20).map { "job\($0).yaml" }
        for name in names { try bench.folder.write("name: x", to: "inbox/" + name) }
        let folders = try bench.folders
        let claims = Mutex<[Claim]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for name in names {
                guard let claim = try? Claim.take(name, folders: folders) else { continue }
                claims.withLock { $0.append(claim) }
            }
        }
        let taken = claims.withLock { $0 }
        #expect(taken.map(\.name).sorted() == names.sorted())
        #expect(taken.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
        #expect(try bench.folder.names("inbox").isEmpty)
        #expect(try bench.folder.names("state/claimed").count == 20)
    }

    @Test(
        "A manifest that `submit` named becomes the job of that id, under its own name; where the id is taken, another")
    func named() throws {
        let bench = try WorkerBench()
        let (id, folders) = ("20261124T002603Z-1a2b3c4d", try bench.folders)
        let name = try bench.worker().submit("name: x", name: "night.yaml", job: id)
        #expect(name == "night.\(id).yaml")
        let claim = try #require(try Claim.take(name, folders: folders))
        #expect(claim.job == id && claim.name == "night.yaml")
        // Anybody may call a file so.
        try bench.folder.write("name: y", to: "inbox/" + name)
        let second = try #require(try Claim.take(name, folders: folders))
        #expect(second.job != id && second.name == "night.yaml" && Identifier.isJob(second.job))
        try bench.folder.write("name: z", to: "inbox/other.20261124T002603Z-00000000.yaml")
        let third = try #require(
            try Claim.take("other.20261124T002603Z-00000000.yaml", folders: folders) { _ in false })
        #expect(Identifier.isJob(third.job) && third.job != "20261124T002603Z-00000000")
    }

    @Test("A name for a job is at most as long as a file's name may be, and is told from others")
    func names() {
        let id = "20261124T002603Z-1a2b3c4d"
        for stem in ["a", "a.b", String(repeating: "é", count: 125)] {
            let name = InboxNames.name(stem + ".yml", for: id)
            #expect(name.utf8.count <= 255 && InboxNames.isManifest(name))
            let parts = InboxNames.parts(of: name)
            #expect(parts?.job == id && parts?.name.hasSuffix(".yml") == true)
            #expect(stem.hasPrefix(parts.map { InboxNames.stem($0.name) } ?? "-"))
        }
        for other in ["a.yaml", "\(id).yaml", ".\(id).yaml", "a.2026.yaml", "a.\(id)", "a.\(id).txt"] {
            #expect(InboxNames.parts(of: other) == nil, "\(other)")
        }
    }

    @Test("A manifest that has vanished is no claim and leaves nothing behind")
    func vanished() throws {
        let bench = try WorkerBench()
        #expect(try Claim.take("gone.yaml", folders: try bench.folders) == nil)
        #expect(try bench.folder.names("state/claimed").isEmpty)
    }

    @Test("A manifest's text and SHA-256 are those of its bytes")
    func readFile() throws {
        let folder = try ScratchFolder()
        try folder.write("abc", to: "x.yaml")
        let file = ManifestFile.read(folder.path + "/x.yaml", name: "x.yaml")
        #expect(file.text == "abc")
        #expect(file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(file.mistake == nil)
    }

    @Test("Exactly 1 MiB is read, one byte more is refused")
    func size() throws {
        let folder = try ScratchFolder()
        for (count, isRefused) in [(1_048_576, false), (1_048_577, true)] {
            try folder.write([UInt8](repeating: 0x61, count: count), to: "x.yaml")
            #expect((ManifestFile.read(folder.path + "/x.yaml", name: "x.yaml").mistake != nil) == isRefused)
        }
    }

    @Test("Bytes that are not UTF-8 are refused, with line and column of the first")
    func notText() throws {
        let folder = try ScratchFolder()
        try folder.write(Array("name: x\né: ".utf8) + [0xFF], to: "x.yaml")
        let mistake = ManifestFile.read(folder.path + "/x.yaml", name: "x.yaml").mistake
        #expect(mistake == "x.yaml:2:5: the bytes are not UTF-8 text")
    }

    @Test("Text with a NUL is refused: the ledger would keep what stands before it, and a retry would run that")
    func holdsNUL() throws {
        let bench = try WorkerBench()
        try bench.folder.write(Array("name: x\né\0: y\n".utf8), to: "inbox/x.yaml")
        let path = bench.folder.path + "/inbox/x.yaml"
        let file = ManifestFile.read(path, name: "x.yaml")
        #expect(file.mistake == "x.yaml:2:3: the text holds a NUL character")
        #expect(file.text.isEmpty)
    }

    @Test("A NUL in a job's reason does not end it in the ledger")
    func reasonWithNUL() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        let job = try #require(try bench.take())
        let reason = try bench.finish(job, JobEnding(.failed, reason: "x\0y\0\u{301}z")).reason
        #expect(reason == "x\u{FFFD}y\u{FFFD}\u{301}z")
    }
}

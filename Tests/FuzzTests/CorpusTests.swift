import Foundation
import FuzzTargets
import Testing

/// What the fuzzer was given and what it once found, through the very code that it feeds.
@Suite("Fuzzing corpus")
struct CorpusTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzz/Corpus").path

    @Test("Every target holds for all of its corpus", arguments: FuzzTargets.all.map { $0.name })
    func replay(_ name: String) throws {
        let target = try #require(FuzzTargets.named(name)).init()
        let folder = "\(Self.corpus)/\(name)"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(!files.isEmpty)
        for file in files {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)")))
            #expect(throws: Never.self, "\(file)") { try target.check(bytes) }
        }
    }

    @Test("Every target holds for its corpus cut short at sixteen places")
    func prefixes() throws {
        for type in FuzzTargets.all {
            let target = try type.init()
            let folder = "\(Self.corpus)/\(type.name)"
            for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
                let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)")))
                for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 16)) {
                    #expect(throws: Never.self, "\(file) cut to \(count) bytes") {
                        try target.check(Array(bytes[..<count]))
                    }
                }
            }
        }
    }

    @Test("Folders of the corpus and targets are the same")
    func folders() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus)
        #expect(Set(folders) == Set(FuzzTargets.all.map { $0.name }))
    }
}
